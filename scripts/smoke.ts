import process from 'node:process';
import { parseArgs } from 'node:util';
import { readConfig } from '../src/config.ts';
import type { Config } from '../src/config.ts';
import { findEndpointProblem, WEBHOOK_EVENTS } from '../src/integrations/stripe/webhook/webhook-endpoint.ts';

// `npm run smoke -- https://book.example`: checks a deployed server from outside, like a guest's browser, a load
// balancer and Prometheus. Sends only GET requests, so nothing changes. Exits with 1 when a check fails.

const HELP = `npm run smoke -- [url] [--slug <property>]

  url      base URL of the server; default PUBLIC_URL, else http://127.0.0.1:3000
  --slug   slug of a live property; default harbour-hotel, skipped when absent

Set METRICS_TOKEN, in the environment or .env, to check /metrics too, and STRIPE_SECRET_KEY (a restricted key that reads
webhook endpoints is enough) to check that Stripe sends the server every event it needs.`;

/** Limit for a single request. */
const TIMEOUT_MS = 10_000;
const DEMO_SLUG = 'harbour-hotel';
const DAY_MS = 86_400_000;

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** A problem of the server, as a sentence. */
class Finding extends Error {}

const { values, positionals } = parseArgs({
  options: { slug: { type: 'string' }, help: { type: 'boolean', default: false } },
  allowPositionals: true,
});

let base = '';
let failures = 0;

async function get(path: string, token?: string): Promise<Answer> {
  const answer = await fetch(base + path, {
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

/** Runs a check and prints the result in a line. `inspect` returns a summary, or null to skip the check. */
async function check(title: string, inspect: () => Promise<string | null>): Promise<void> {
  const startedAt = performance.now();
  const print = (mark: string, text: string) => {
    const duration = `${(performance.now() - startedAt).toFixed(0)} ms`;
    console.log(`  ${mark} ${title.padEnd(40)} ${duration.padStart(8)}  ${text}`);
  };
  try {
    const summary = await inspect();
    print(summary === null ? '–' : '✓', summary ?? 'skipped');
  } catch (error) {
    failures += 1;
    print('✗', describe(error));
  }
}

function describe(error: unknown): string {
  if (error instanceof Finding) return error.message;
  if (!(error instanceof Error)) return 'failed';
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

function expectStatus(answer: Answer, status: number): void {
  if (answer.status === status) return;
  throw new Finding(`expected ${String(status)}, got ${String(answer.status)}: ${answer.text.slice(0, 120)}`);
}

function readObject({ text }: Answer): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Finding(`not JSON: ${text.slice(0, 120)}`);
  }
  if (typeof value !== 'object' || value === null) throw new Finding(`not a JSON object: ${text.slice(0, 120)}`);
  return value as Record<string, unknown>;
}

function expectThat(isTrue: boolean, problem: string): void {
  if (!isTrue) throw new Finding(problem);
}

/** Checks an error response: problem+json with the error code and the request id. */
function expectProblem(answer: Answer, status: number, code: string): string {
  expectStatus(answer, status);
  const type = answer.headers.get('content-type') ?? 'none';
  expectThat(type.startsWith('application/problem+json'), `content type ${type}`);
  const problem = readObject(answer);
  expectThat(problem['code'] === code, `code ${String(problem['code'])} instead of ${code}`);
  const requestId = answer.headers.get('x-request-id') ?? '';
  expectThat(requestId !== '' && problem['instance'] === requestId, 'x-request-id is missing or differs from the body');
  return `${code}, request ${requestId}`;
}

async function checkStatus(path: string): Promise<string> {
  const answer = await get(path);
  expectStatus(answer, 200);
  expectThat(readObject(answer)['status'] === 'ok', answer.text.slice(0, 120));
  return 'ok';
}

async function checkDocument(): Promise<string> {
  const answer = await get('/openapi.json');
  expectStatus(answer, 200);
  const { openapi, paths } = readObject(answer);
  expectThat(typeof openapi === 'string' && openapi.startsWith('3.1'), `openapi is ${String(openapi)}`);
  const count = Object.keys(paths ?? {}).length;
  expectThat(count > 0, 'no paths');
  return `OpenAPI ${String(openapi)}, ${String(count)} paths`;
}

async function checkDocs(): Promise<string> {
  const answer = await get('/docs/');
  expectStatus(answer, 200);
  expectThat((answer.headers.get('content-type') ?? '').startsWith('text/html'), 'not an HTML page');
  return 'HTML page';
}

/** Checks the public view of the property. Returns: null when neither --slug nor the demo property exists. */
async function checkProperty(slug: string): Promise<string | null> {
  const answer = await get(`/api/v1/public/properties/${slug}`);
  if (answer.status === 404 && values.slug === undefined) return null;
  expectStatus(answer, 200);
  const { name, timezone, currency } = readObject(answer);
  expectThat(typeof name === 'string' && typeof currency === 'string', 'name or currency is missing');
  return `${String(name)}, ${String(timezone)}, ${String(currency)}`;
}

/** Checks a typical search: two nights, a month ahead. */
async function checkAvailability(slug: string): Promise<string | null> {
  const inDays = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);
  const answer = await get(
    `/api/v1/public/properties/${slug}/availability?checkIn=${inDays(30)}&checkOut=${inDays(32)}`,
  );
  if (answer.status === 404 && values.slug === undefined) return null;
  expectStatus(answer, 200);
  const { roomTypes } = readObject(answer);
  if (!Array.isArray(roomTypes)) throw new Finding('roomTypes is not a list');
  const bookable = (roomTypes as { bookable?: unknown }[]).filter((roomType) => roomType.bookable === true);
  return `${String(bookable.length)} of ${String(roomTypes.length)} room types bookable`;
}

async function checkMetrics(token: string | undefined): Promise<string | null> {
  if (token === undefined) return null;
  const answer = await get('/metrics', token);
  expectStatus(answer, 200);
  const isUp = /^holdfast_database_up (\d)$/m.exec(answer.text)?.[1];
  expectThat(isUp === '1', `holdfast_database_up is ${isUp ?? 'missing'}`);
  return `${String(answer.text.match(/^# TYPE /gm)?.length ?? 0)} metrics, database up`;
}

/** Checks that Stripe sends the server every event that it needs. Returns: null without a key. */
async function checkWebhook(config: Config): Promise<string | null> {
  const { STRIPE_SECRET_KEY: secretKey, STRIPE_API_BASE: apiBase } = config;
  if (secretKey === undefined) return null;
  const problem = await findEndpointProblem({ secretKey, apiBase }, base);
  if (problem !== null) throw new Finding(problem);
  return `${String(WEBHOOK_EVENTS.length)} events`;
}

async function smoke(): Promise<void> {
  const config = readConfig();
  base = (positionals[0] ?? config.PUBLIC_URL).replace(/\/$/, '');
  const slug = encodeURIComponent(values.slug ?? DEMO_SLUG);
  console.log(`\n${base}`);
  await check('process is alive', () => checkStatus('/healthz'));
  await check('server is ready: database up, migrated', () => checkStatus('/readyz'));
  await check('OpenAPI document', checkDocument);
  await check('API docs page', checkDocs);
  await check(`property ${slug}`, () => checkProperty(slug));
  await check('availability in a month', () => checkAvailability(slug));
  await check('unknown path returns a problem document', async () =>
    expectProblem(await get('/api/v1/smoke/nothing-is-here'), 404, 'not_found'),
  );
  await check('staff route refuses a missing token', async () =>
    expectProblem(await get(`/api/v1/staff/properties/${slug}/bookings`), 401, 'unauthorized'),
  );
  await check('metrics, with METRICS_TOKEN', () => checkMetrics(config.METRICS_TOKEN));
  await check('events from Stripe, with STRIPE_SECRET_KEY', () => checkWebhook(config));
  console.log(
    failures === 0 ? '\nAll checks passed.' : `\n${String(failures)} ${failures === 1 ? 'check' : 'checks'} failed.`,
  );
  if (failures > 0) process.exitCode = 1;
}

try {
  if (values.help) console.log(HELP);
  else await smoke();
} catch (error) {
  console.error(describe(error));
  process.exitCode = 1;
}
