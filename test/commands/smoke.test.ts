import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp } from '../support/server/app.ts';
import type { TestApp } from '../support/server/app.ts';
import { readSamples } from '../support/http/metrics.ts';
import { NODE_ENVIRONMENT } from '../support/server/node-environment.ts';
import { openSandbox } from '../support/sandbox/stripe-sandbox.ts';
import { dumpTables } from '../support/database/tables.ts';

const METRICS_TOKEN = 'a token that scrapes 123';
let t: TestApp;
let url: string;

beforeAll(async () => {
  t = await startTestApp({ METRICS_TOKEN });
  url = await t.app.listen({ port: 0, host: '127.0.0.1' });
});
afterAll(() => t.close());

interface Run {
  readonly code: number;
  readonly lines: string[];
  readonly stderr: string;
}

/** Runs the command as an operator would, with an environment of its own. */
function smoke(args: string[], variables: Record<string, string> = {}): Promise<Run> {
  const env = { ...NODE_ENVIRONMENT, ...variables };
  return new Promise((resolve) => {
    execFile(process.execPath, ['scripts/smoke.ts', ...args], { env }, (error, stdout, stderr) => {
      const lines = stdout.split('\n').filter((line) => line !== '');
      resolve({ code: error === null ? 0 : Number(error.code), lines, stderr });
    });
  });
}

/** A server that answers as told, for as long as `work` runs. */
async function whileServing<T>(answer: RequestListener, work: (url: string) => Promise<T>): Promise<T> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await work(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const marks = (lines: string[]) => lines.map((line) => /^ {2}([✓✗–]) /.exec(line)?.[1]).filter(Boolean);

test('a server that is well passes every check, one line each with its time', async () => {
  const { code, lines, stderr } = await smoke([url], { METRICS_TOKEN });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(marks(lines)).toEqual([...Array<string>(9).fill('✓'), '–']);
  for (const line of lines.filter((text) => /^ {2}/.test(text))) expect(line).toMatch(/ \d+ ms {2}\S/);
  expect(lines.at(-1)).toBe('All checks passed.');
});

test('what nobody named is skipped: metrics without a token, and the demo where there is none', async () => {
  const own = await startTestApp();
  await own.database.sql(`UPDATE properties SET status = 'DRAFT' WHERE slug = 'harbour-hotel'`);
  const address = await own.app.listen({ port: 0, host: '127.0.0.1' });
  const unnamed = await smoke([], { PUBLIC_URL: address });
  const named = await smoke([address, '--slug', 'harbour-hotel']);
  await own.close();
  expect(unnamed.code).toBe(0);
  expect(marks(unnamed.lines)).toEqual(['✓', '✓', '✓', '✓', '–', '–', '✓', '✓', '–', '–']);
  expect(named.code).toBe(1);
  expect(marks(named.lines)).toEqual(['✓', '✓', '✓', '✓', '✗', '✗', '✓', '✓', '–', '–']);
});

test('it reads only, and changes nothing', async () => {
  const before = await dumpTables(t.database);
  const methods = async () => {
    const samples = readSamples((await t.ctx.metrics.render(null)).body);
    return samples.filter(({ name }) => name === 'holdfast_http_requests_total').map(({ labels }) => labels['method']);
  };
  await smoke([url, '--slug', 'monsoon-palace'], { METRICS_TOKEN });
  expect(new Set(await methods())).toEqual(new Set(['GET']));
  expect(await dumpTables(t.database)).toEqual(before);
});

test('with a key for Stripe, it finds out whether Stripe sends the server its events', async () => {
  await using sandbox = await openSandbox();
  const variables = { STRIPE_SECRET_KEY: 'sk_test_smoke', STRIPE_API_BASE: sandbox.url };
  const missing = await smoke([url], variables);
  expect(missing.code).toBe(1);
  expect(missing.lines.filter((line) => line.includes('✗'))).toEqual([
    expect.stringContaining(`Stripe has no webhook endpoint for ${url}/api/v1/webhooks/stripe`),
  ]);
  await sandbox.control('POST webhook', { url: `${url}/api/v1/webhooks/stripe` });
  const found = await smoke([url], variables);
  expect(found.code).toBe(0);
  expect(found.lines.find((line) => line.includes('events from Stripe'))).toMatch(/ms {2}12 events$/);
});

test('a wrong token for the metrics is found', async () => {
  const { code, lines } = await smoke([url], { METRICS_TOKEN: 'another token than that' });
  expect(code).toBe(1);
  expect(lines.filter((line) => line.includes('✗'))).toEqual([expect.stringMatching(/metrics.*expected 200, got 401/)]);
});

test('a server that is not ours, or answers errors, fails every check it gets wrong', async () => {
  const broken = await whileServing(
    (_request, response) => response.writeHead(500, { 'content-type': 'text/html' }).end('<h1>Oh no</h1>'),
    (broken) => smoke([broken], { METRICS_TOKEN }),
  );
  expect(broken.code).toBe(1);
  expect(marks(broken.lines)).toEqual([...Array<string>(9).fill('✗'), '–']);
  const polite = await whileServing(
    (_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Welcome</h1>'),
    (other) => smoke([other], { METRICS_TOKEN }),
  );
  expect(polite.code).toBe(1);
  // It does have a page.
  expect(marks(polite.lines).filter((mark) => mark === '✓')).toHaveLength(1);
});

test('where nobody listens it says so, and ends with 1', async () => {
  const { code, lines } = await smoke(['http://127.0.0.1:1']);
  expect(code).toBe(1);
  expect(lines.filter((line) => line.includes('✗'))[0]).toMatch(/process is alive.*fetch failed/);
  expect(lines.at(-1)).toMatch(/^\d checks failed\.$/);
});
