import process from 'node:process';
import { parseArgs } from 'node:util';
import { readConfig } from '../src/config.ts';

// `npm run smoke -- https://book.example`: looks at a deployed server from outside, as a guest's browser, a load balancer
// and Prometheus would. It only sends GETs, so it changes nothing. Exit 1 when something is not as it should be.

const HELP = `npm run smoke -- [url] [--slug <property>]

  url      the server; PUBLIC_URL or http://127.0.0.1:3000 when left out
  --slug   a property that guests can see; harbour-hotel, where there is one, when left out

METRICS_TOKEN, from the environment or .env, also reads /metrics.`;

/** Nothing that is looked at may take longer. */
const TIMEOUT_MS = 10_000;
const DEMO_SLUG = 'harbour-hotel';
const DAY_MS = 86_400_000;

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** What is wrong with the server, in a sentence. */
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

/** Runs one check and prints how it went, in one line. `look` answers what was seen, or null for nothing to look at. */
async function check(title: string, look: () => Promise<string | null>): Promise<void> {
  const begun = performance.now();
  const print = (mark: string, what: string) => {
    const duration = `${(performance.now() - begun).toFixed(0)} ms`;
    console.log(`  ${mark} ${title.padEnd(40)} ${duration.padStart(8)}  ${what}`);
  };
  try {
    const seen = await look();
    print(seen === null ? '–' : '✓', seen ?? 'skipped');
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
    throw new Finding(`no JSON: ${text.slice(0, 120)}`);
  }
  if (typeof value !== 'object' || value === null) throw new Finding(`no object: ${text.slice(0, 120)}`);
  return value as Record<string, unknown>;
}

function expectThat(isSo: boolean, otherwise: string): void {
  if (!isSo) throw new Finding(otherwise);
}

/** A refusal as every one must be: problem+json, with its code and the id to ask about it. */
function expectProblem(answer: Answer, status: number, code: string): string {
  expectStatus(answer, status);
  const type = answer.headers.get('content-type') ?? 'none';
  expectThat(type.startsWith('application/problem+json'), `content type ${type}`);
  const problem = readObject(answer);
  expectThat(problem['code'] === code, `code ${String(problem['code'])} instead of ${code}`);
  const requestId = answer.headers.get('x-request-id') ?? '';
  expectThat(requestId !== '' && problem['instance'] === requestId, 'no request id, or another in the body');
  return `${code}, request ${requestId}`;
}

async function lookAtStatus(path: string): Promise<string> {
  const answer = await get(path);
  expectStatus(answer, 200);
  expectThat(readObject(answer)['status'] === 'ok', answer.text.slice(0, 120));
  return 'ok';
}

async function lookAtDocument(): Promise<string> {
  const answer = await get('/openapi.json');
  expectStatus(answer, 200);
  const { openapi, paths } = readObject(answer);
  expectThat(typeof openapi === 'string' && openapi.startsWith('3.1'), `openapi is ${String(openapi)}`);
  const count = Object.keys(paths ?? {}).length;
  expectThat(count > 0, 'no paths');
  return `OpenAPI ${String(openapi)}, ${String(count)} paths`;
}

async function lookAtDocs(): Promise<string> {
  const answer = await get('/docs/');
  expectStatus(answer, 200);
  expectThat((answer.headers.get('content-type') ?? '').startsWith('text/html'), 'no page');
  return 'a page';
}

/** Answers what is seen of the property, or null when nobody named one and the demo is not there. */
async function lookAtProperty(slug: string): Promise<string | null> {
  const answer = await get(`/api/v1/public/properties/${slug}`);
  if (answer.status === 404 && values.slug === undefined) return null;
  expectStatus(answer, 200);
  const { name, timezone, currency } = readObject(answer);
  expectThat(typeof name === 'string' && typeof currency === 'string', 'without a name or a currency');
  return `${String(name)}, ${String(timezone)}, ${String(currency)}`;
}

/** Two nights a month ahead: what a guest's first search would be. */
async function lookAtAvailability(slug: string): Promise<string | null> {
  const inDays = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);
  const answer = await get(
    `/api/v1/public/properties/${slug}/availability?checkIn=${inDays(30)}&checkOut=${inDays(32)}`,
  );
  if (answer.status === 404 && values.slug === undefined) return null;
  expectStatus(answer, 200);
  const { roomTypes } = readObject(answer);
  if (!Array.isArray(roomTypes)) throw new Finding('no list of room types');
  const bookable = (roomTypes as { bookable?: unknown }[]).filter((roomType) => roomType.bookable === true);
  return `${String(bookable.length)} of ${String(roomTypes.length)} room types can be booked`;
}

async function lookAtMetrics(token: string | undefined): Promise<string | null> {
  if (token === undefined) return null;
  const answer = await get('/metrics', token);
  expectStatus(answer, 200);
  const isUp = /^holdfast_database_up (\d)$/m.exec(answer.text)?.[1];
  expectThat(isUp === '1', `holdfast_database_up is ${isUp ?? 'not there'}`);
  return `${String(answer.text.match(/^# TYPE /gm)?.length ?? 0)} metrics, database up`;
}

async function smoke(): Promise<void> {
  const config = readConfig();
  base = (positionals[0] ?? config.PUBLIC_URL).replace(/\/$/, '');
  const slug = encodeURIComponent(values.slug ?? DEMO_SLUG);
  console.log(`\n${base}`);
  await check('the process lives', () => lookAtStatus('/healthz'));
  await check('it is ready: migrated, database there', () => lookAtStatus('/readyz'));
  await check('the API document', lookAtDocument);
  await check('the page to read it', lookAtDocs);
  await check(`the property ${slug}`, () => lookAtProperty(slug));
  await check('what it has a month from now', () => lookAtAvailability(slug));
  await check('a path that is not there is a problem', async () =>
    expectProblem(await get('/api/v1/smoke/nothing-is-here'), 404, 'not_found'),
  );
  await check('staff without a token are refused', async () =>
    expectProblem(await get(`/api/v1/staff/properties/${slug}/bookings`), 401, 'unauthorized'),
  );
  await check('metrics, with METRICS_TOKEN', () => lookAtMetrics(config.METRICS_TOKEN));
  console.log(failures === 0 ? '\nAll is well.' : `\n${String(failures)} of these are not as they should be.`);
  if (failures > 0) process.exitCode = 1;
}

try {
  if (values.help) console.log(HELP);
  else await smoke();
} catch (error) {
  console.error(describe(error));
  process.exitCode = 1;
}
