import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DocumentedOperation } from '../../support/http/api-document.ts';
import { listPlaces, readAt, replaceAt } from '../../support/operations/change-places.ts';
import { adapt, openOperations } from '../../support/operations/open-operations.ts';
import type { OpenOperations } from '../../support/operations/open-operations.ts';
import { startTestApp } from '../../support/server/app.ts';
import type { TestApp } from '../../support/server/app.ts';
import { findViolations } from '../../support/database/invariants.ts';
import { seededRandom } from '../../support/race.ts';
import { TIER } from '../../support/tier/tier.ts';
import { trials } from '../../support/tier/trials.ts';

/** Random requests per operation: some thousands in all; fewer where argon2 is slow on purpose. */
const RUNS = { small: 12, middle: 60, full: 600, lap: 600 };
const SLOW_RUNS = { small: 6, middle: 25, full: 100, lap: 100 };
/** In the small tier each place gets every fourth nasty text, the next place the ones after those. */
const STRIDE = TIER === 'small' ? 4 : 1;
const { seed } = seededRandom();

let t: TestApp;
let open: OpenOperations;
/** How often which status was answered. */
const statuses = new Map<number, number>();

beforeAll(async () => {
  t = await startTestApp();
  open = await openOperations(t);
  console.info(`fuzz seed ${String(seed)}`);
});
afterAll(() => t.close());

const deep = JSON.parse('['.repeat(500) + ']'.repeat(500)) as unknown;
const NASTY_TEXTS = [
  ...['', ' ', '\u0000', 'a\u0000b', '\u001b[2J', '\u202e', '😀', 'x'.repeat(10_000), '0', '-1', '1e999', 'NaN'],
  ...['null', 'true', '2027-02-30', '0000-01-01', '9999-12-31', '2027-05-14T00:00:00Z', '../../etc/passwd', '%s%n'],
  ...[`' OR 1=1 --`, '"; DROP TABLE bookings; --', '{{7*7}}', '<script>', 'constructor', '__proto__', '9'.repeat(400)],
];
const nastyText = fc.oneof(fc.constantFrom(...NASTY_TEXTS), fc.string({ unit: 'binary' }));
const nastyValue = fc.oneof(
  nastyText,
  fc.constantFrom('\ud800', 'half \udc00', 'a\ud83d'),
  fc.constantFrom(null, true, false, 0, -1, 1.5, -0, 1e308, 2 ** 31, 2 ** 53, -(2 ** 63), 1e12 + 1),
  fc.constantFrom<unknown>(
    [],
    [[]],
    {},
    { a: 1 },
    [null],
    deep,
    Array.from({ length: 1_000 }, () => 1),
  ),
  fc.jsonValue(),
);
/** Nothing that would make it another path. */
const nastySegment = nastyText.map((text) => text.replaceAll(/[./]/g, '-')).filter((text) => text !== '');

const NOT_JSON = ['{', '{"a":}', '[1,', 'undefined', '{"__proto__":{"isAdmin":true}}', '"\\ud8"', '\u0000', '1 2'];

/** A body near the example: right, with one or two places wrong, with a member too many, or no JSON at all. */
function bodyOf({ body }: DocumentedOperation): fc.Arbitrary<string | null> {
  if (body === null) return fc.constant(null);
  const example = adapt(body.examples[0]);
  const spell = (value: unknown) => JSON.stringify(value) as string | undefined;
  const changed = fc
    .array(fc.tuple(fc.constantFrom(...listPlaces(example)), fc.oneof(nastyValue, fc.constant(undefined))), {
      minLength: 1,
      maxLength: 2,
    })
    .map((changes) => changes.reduce((value, [place, other]) => changeAt(value, place, other), example));
  const extended = fc
    .tuple(fc.constantFrom(...listPlaces(example)), nastyText, nastyValue)
    .map(([place, key, other]) => changeAt(example, [...place, key], other));
  return fc.oneof(
    { weight: 1, arbitrary: fc.constant(spell(example) ?? '') },
    { weight: 6, arbitrary: changed.map((value) => spell(value) ?? '') },
    { weight: 2, arbitrary: extended.map((value) => spell(value) ?? '') },
    { weight: 1, arbitrary: nastyValue.map((value) => spell(value) ?? '') },
    { weight: 1, arbitrary: fc.constantFrom(...NOT_JSON) },
  );
}

/** A place that an earlier change took away is left alone. */
function changeAt(value: unknown, place: readonly string[], other: unknown): unknown {
  const parents = place.slice(0, -1);
  const parent = readAt(value, parents);
  return place.length > 0 && (parent === null || typeof parent !== 'object') ? value : replaceAt(value, place, other);
}

function urlOf({ path, parameters }: DocumentedOperation): fc.Arbitrary<string> {
  const segments = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const filled = fc.record(
    Object.fromEntries(
      segments.map((name) => [
        name,
        fc.oneof(
          { weight: 9, arbitrary: fc.constant(open.placeOf(path, name)) },
          { weight: 1, arbitrary: nastySegment },
        ),
      ]),
    ),
  );
  const names = parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name);
  const pair = fc.tuple(fc.oneof(fc.constantFrom(...names, 'limit', 'cursor'), nastyText), nastyText);
  const query = names.length === 0 ? fc.constant([]) : fc.array(pair, { maxLength: 4 });
  return fc.tuple(filled, query).map(([values, pairs]) => {
    const url = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ''));
    return pairs.length === 0 ? url : `${url}?${new URLSearchParams(pairs).toString()}`;
  });
}

const headers = fc.record(
  {
    'if-match': fc.constantFrom('"1"', '*', 'W/"2"', '"x"', '""', '"999999999999"', ','),
    'idempotency-key': fc.constantFrom('k', 'x'.repeat(300), ' ', 'two words', '"quoted"'),
    prefer: fc.constantFrom('dry-run', 'respond-async, dry-run', 'wait=1', ''),
  },
  { requiredKeys: [] },
);

/** No stack, no SQL, no name of what we are made of. */
const INSIDES = /node_modules|\.ts:\d+|\bSELECT\b .* FROM\b|\bINSERT INTO\b|prisma|SQLSTATE|FST_ERR|"stack"/i;

/** Sends one request and holds the answer to what is promised of every answer. */
async function ask(
  operation: DocumentedOperation,
  url: string,
  body: string | null,
  extra: Record<string, string> = {},
) {
  const token = open.tokenFor(operation);
  const answer = await t.app.inject({
    method: operation.method,
    url,
    headers: {
      ...extra,
      // Else an answer that is right would not end.
      ...(operation.path.endsWith('/stream') && { 'last-event-id': 'nonsense' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== null && { 'content-type': 'application/json' }),
    },
    ...(body !== null && { payload: body }),
  });
  statuses.set(answer.statusCode, (statuses.get(answer.statusCode) ?? 0) + 1);
  if (answer.statusCode < 400) return;
  const asked = `${operation.method} ${url}`.slice(0, 200);
  expect(answer.statusCode, asked).toBeLessThan(500);
  expect(answer.headers['content-type'], asked).toBe('application/problem+json; charset=utf-8');
  expect(answer.body, asked).not.toMatch(INSIDES);
  const problem = answer.json();
  expect(
    operation.answers.flatMap(({ codes }) => codes),
    asked,
  ).toContain(problem.code);
  if (problem.code !== 'validation_failed') return;
  expect(problem.errors, asked).not.toEqual([]);
  for (const error of problem.errors) expect(error).toEqual({ path: expect.any(String), message: expect.any(String) });
}

/** Sends the nasty texts in every place of the path and the query, one after the other. */
async function sweep(operation: DocumentedOperation): Promise<void> {
  const { path, parameters } = operation;
  const right = (name: string) => encodeURIComponent(open.placeOf(path, name));
  const urlWith = (wrong: string, text: string) =>
    path.replaceAll(/\{(\w+)\}/g, (_, name: string) => (name === wrong ? encodeURIComponent(text) : right(name)));
  for (const [place, parameter] of parameters.entries()) {
    for (const text of NASTY_TEXTS.filter((_, index) => (index + place + path.length) % STRIDE === 0)) {
      const query = `?${new URLSearchParams([[parameter.name, text]]).toString()}`;
      if (parameter.in === 'query') await ask(operation, urlWith('', '') + query, null);
      else if (/^[^./]+$/.test(text)) await ask(operation, urlWith(parameter.name, text), null);
    }
  }
}

async function fuzz(operation: DocumentedOperation): Promise<void> {
  const { count: numRuns } = trials('fuzz', operation.path.endsWith('/login') ? SLOW_RUNS : RUNS);
  const requests = fc.asyncProperty(urlOf(operation), bodyOf(operation), headers, (url, body, extra) =>
    ask(operation, url, body, extra),
  );
  await fc.assert(requests, { seed, numRuns, endOnFailure: true });
}

// What guests can do comes before their other paths: a booking that is cancelled is not paid for, with no gateway here.
const FOLDERS = [
  ...['/api/v1/public', '/api/v1/guest', '/api/v1/auth', '/api/v1/staff', '/api/v1/ops', '/api/v1/realtime'],
  '/api/v1/agent',
  ...['/api/public/hotel', '/api/staff/hotel', '/calendars'],
  ...['/api/v1/bookings', '/api/book', '/api/availability', '/api/admin', '/api/booking'],
];

test.each(FOLDERS)('no request to %s makes it fail, and each refusal is one that is documented', async (folder) => {
  const inFolder = open.operations.filter(({ path }) => path === folder || path.startsWith(`${folder}/`));
  expect(inFolder.length).toBeGreaterThan(0);
  const failures: string[] = [];
  for (const operation of inFolder) {
    const note = (error: unknown) => failures.push(`${operation.name}: ${String(error)}`.slice(0, 300));
    await sweep(operation).catch(note);
    await fuzz(operation).catch(note);
  }
  expect(failures, `seed ${String(seed)}`).toEqual([]);
});

test('the requests were of every kind: some did something, most were refused', () => {
  const total = [...statuses.values()].reduce((sum, count) => sum + count, 0);
  expect(total).toBeGreaterThan(4_000 / STRIDE);
  for (const status of [200, 201, 400, 404]) expect(statuses.get(status), String(status)).toBeGreaterThan(0);
});

test('after all of that, every promise still holds', async () => {
  expect(await findViolations(t.ctx)).toEqual([]);
});
