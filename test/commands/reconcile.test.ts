import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { daysAhead } from '../support/hotel/build.ts';
import { NODE_ENVIRONMENT } from '../support/server/node-environment.ts';
import { bookAndPay, idsOf, REFUND_EVENTS, whileNothingIsHeard } from '../support/money/reconciliation.ts';
import { startPayingApp } from '../support/sandbox/sandbox.ts';
import type { PaidHotel, PayingApp } from '../support/sandbox/sandbox.ts';
import { spawnServer } from '../support/server/server.ts';

let t: PayingApp;
let hotel: PaidHotel;
let dataDir: string;

beforeAll(async () => {
  t = await startPayingApp({ LOG_LEVEL: 'error' });
  hotel = await t.hotelOf('AUTOMATIC');
  dataDir = await mkdtemp(path.join(tmpdir(), 'holdfast-reconcile-'));
});
afterAll(async () => {
  await t.close();
  await rm(dataDir, { recursive: true, force: true });
});

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(args: readonly string[], variables: Record<string, string>): Promise<Run> {
  const env = { ...NODE_ENVIRONMENT, DATA_DIR: dataDir, ...variables };
  return new Promise((resolve) => {
    execFile(process.execPath, ['src/commands/reconcile.ts', ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

/** The command beside our application, on its database and its gateway. */
const reconcile = (...args: string[]) =>
  run(args, { DATABASE_URL: t.database.url, STRIPE_API_BASE: t.sandboxUrl, STRIPE_SECRET_KEY: 'sk_test_sandbox' });

test('it compares every property, names what differs, and after reading it again nothing does', async () => {
  const balanced = await reconcile();
  expect(balanced).toMatchObject({ code: 0, stderr: '' });
  const lines = balanced.stdout.split('\n');
  expect(lines.filter((line) => / to .* {2}balanced {2}captured /.test(line))).toHaveLength(
    await t.ctx.db.property.count(),
  );
  expect(lines.at(-2)).toBe('No differences.');

  const code = await bookAndPay(t, hotel);
  const { intentId, paymentId } = await idsOf(t, code);
  await whileNothingIsHeard(t, REFUND_EVENTS, () =>
    t.control('POST', '/refunds', { payment_intent: intentId, amount: 4_000 }),
  );
  const named = `    refund differs  ${code}, payment ${paymentId}  expected 0.00, found 40.00 EUR`;
  const differs = await reconcile('--from', daysAhead(-1));
  expect(differs).toMatchObject({ code: 1, stderr: '' });
  expect(differs.stdout.split('\n').filter((line) => line.startsWith('    '))).toEqual([named]);
  expect(differs.stdout).toContain(`${hotel.slug}  ${daysAhead(-1)} to `);
  expect(differs.stdout).toContain('DIFFERS  captured 100.00, refunded 40.00, disputed 0.00, net 60.00 EUR');
  expect(differs.stdout).toMatch(/\n1 difference\.\n$/);

  const resolved = await reconcile('--slug', hotel.slug, '--resolve');
  expect(resolved).toMatchObject({ code: 0, stderr: '' });
  expect(resolved.stdout).toContain(`${named}\n    read 1 payment again; result:\n${hotel.slug}  `);
  expect(resolved.stdout).toMatch(/\nNo differences\.\n$/);
  expect((await reconcile()).code).toBe(0);
});

test.each([
  [['--slug', 'no-such-place'], 'Unknown property: no-such-place.'],
  [['--from', '2027-02-30'], '--from 2027-02-30 is not a date.'],
  [['--from', '2027-03-02', '--to', '2027-03-01'], '--from 2027-03-02 is after 2027-03-01.'],
])('%j is refused with what is wrong', async (args, message) => {
  const { code, stdout, stderr } = await reconcile(...args);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain(message);
});

test('without a gateway that answers it ends with 1, and says nothing of agreement', async () => {
  const nobody = { STRIPE_API_BASE: 'http://127.0.0.1:1', STRIPE_SECRET_KEY: 'sk_test_none' };
  const { code, stdout, stderr } = await run([], { DATABASE_URL: t.database.url, ...nobody });
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^The payment gateway did not answer/);
});

test('where no stand-in for Stripe runs beside the database it says what to do', async () => {
  const { code, stderr } = await run([], { DATABASE_URL: t.database.url });
  expect(code).toBe(1);
  expect(stderr).toMatch(/^No stand-in for Stripe runs .*\nStart the server/);
});

test('it finds the stand-in of the server that runs on the data folder, and starts one where none does', async () => {
  const server = await spawnServer({ DATA_DIR: dataDir });
  const { url } = JSON.parse(await readFile(path.join(dataDir, 'sandbox.json'), 'utf8')) as { url: string };
  const beside = await run([], {});
  expect(await server.stop()).toBe(0);
  expect(beside).toMatchObject({ code: 0, stderr: '' });
  expect(beside.stdout).toContain(`of the running server, at ${url}.\n`);
  const alone = await run([], {});
  expect(alone).toMatchObject({ code: 0, stderr: '' });
  expect(alone.stdout).toMatch(/^No server runs, so the stand-in for Stripe was started.*No differences\.\n$/s);
  expect(await readFile(path.join(dataDir, 'sandbox.json'), 'utf8').catch(() => null)).toBeNull();
});
