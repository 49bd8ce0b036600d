import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readOperations } from '../support/api-document.ts';
import type { DocumentedOperation } from '../support/api-document.ts';
import { makeKey } from '../support/agent.ts';
import { startTestApp } from '../support/app.ts';
import type { TestApp } from '../support/app.ts';
import { daysAhead } from '../support/build.ts';
import { openDesk } from '../support/desk.ts';
import type { Desk } from '../support/desk.ts';
import { findViolations } from '../support/invariants.ts';
import { seededRandom } from '../support/race.ts';

/** Requests per operation: some thousands in all. */
const RUNS = 60;
/** Argon2 is slow on purpose. */
const SLOW_RUNS = 25;
const { seed } = seededRandom();

let t: TestApp;
let desk: Desk;
let operations: DocumentedOperation[];
let admin: string;
let agentKey: string;
/** What stands for a path parameter when it is right. */
let places: Record<string, string>;
let guestToken: string;
/** A party at the property that My Hibachi's paths mean, and who owns the two that have no slug in their paths. */
let party: string;
let hibachiOwner: string;
let spaOwner: string;
/** How often which status was answered. */
const statuses = new Map<number, number>();

beforeAll(async () => {
  t = await startTestApp();
  desk = await openDesk(t, { rooms: 50 });
  agentKey = await makeKey(t, desk.hotel.propertyId);
  admin = await t.tokenFor('admin@holdfast.example');
  const booked = await desk.book();
  guestToken = booked.guestToken;
  const catalogue = await buildCatalogue(desk);
  places = {
    slug: desk.hotel.slug,
    code: booked.code,
    number: '101',
    roomType: 'ROOM',
    tool: 'get_quote',
    customer: await findCustomer(desk),
    ...catalogue,
  };
  operations = await readOperations(t);
  hibachiOwner = await t.tokenFor('owner@ember-hibachi.example');
  spaOwner = await t.tokenFor('owner@glow-medspa.example');
  const order = operations.find(({ name }) => name === 'POST /api/v1/bookings');
  party = (await t.call('POST', '/api/v1/bookings', { body: adapt(order?.body?.examples[0]) })).body.code;
  expect(party).toMatch(/^BK-/);
  console.info(`fuzz seed ${String(seed)}`);
});
afterAll(() => t.close());

/** One of each thing that takes time, by the names the examples give them. Answers what stands for them in a path. */
async function buildCatalogue(at: Desk): Promise<Record<string, string>> {
  await at.call('POST', '/providers', { body: { code: 'STATION-1', name: 'Station 1' } });
  const service = { code: 'PARTY', name: 'Party', durationMinutes: 60, price: 1, providers: ['STATION-1'] };
  await at.call('POST', '/services', { body: service });
  await at.call('POST', '/zones', { body: { code: 'HERE', name: 'Here', fee: 0 } });
  await at.call('POST', '/promos', { body: { code: 'TEN', name: 'Ten', type: 'PERCENT', value: 1000 } });
  await at.call('POST', '/taxes', { body: { code: 'SALES', name: 'Sales tax', isInclusive: false, rateBps: 725 } });
  const lunch = { startsAt: '2050-02-01T12:00', endsAt: '2050-02-01T13:00' };
  const { body } = await at.call('POST', '/providers/STATION-1/time-off', { body: lunch });
  return { service: 'PARTY', provider: 'STATION-1', zone: 'HERE', promo: 'TEN', tax: 'SALES', id: body.id };
}

/** Who has booked there already. */
async function findCustomer(at: Desk): Promise<string> {
  const { body } = await at.call('GET', '/customers');
  return body.items[0].id as string;
}

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
/** What stands there when it is right. */
const placeOf = (path: string, name: string): string =>
  (name === 'code' && path.startsWith('/api/v1/bookings/') ? party : places[name]) ?? '';
/** Nothing that would make it another path. */
const nastySegment = nastyText.map((text) => text.replaceAll(/[./]/g, '-')).filter((text) => text !== '');

/** Every place in a value, as keys to follow. */
function listPlaces(value: unknown, path: readonly string[] = []): string[][] {
  const members = value !== null && typeof value === 'object' ? Object.entries(value) : [];
  return [[...path], ...members.flatMap(([key, member]) => listPlaces(member, [...path, key]))];
}

/** The value with something else at a place; `undefined` takes the member away. */
function replaceAt(value: unknown, [key, ...rest]: readonly string[], other: unknown): unknown {
  if (key === undefined) return other;
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) }) as Record<string, unknown>;
  copy[key] = replaceAt(copy[key], rest, other);
  return copy;
}

/** The example with the names and dates of our hotel, so that what is not made wrong goes through. */
function adapt(example: unknown): unknown {
  const ours = { SUITE: 'ROOM', '501': '101', '2027-05-14': daysAhead(30), '2027-05-16': daysAhead(31) };
  const spelled = Object.entries({ ...ours, '2027-05-17': daysAhead(32) }).reduce(
    (text, [theirs, our]) => text.replaceAll(`"${theirs}"`, `"${our}"`),
    JSON.stringify(example),
  );
  return JSON.parse(spelled);
}

const NOT_JSON = ['{', '{"a":}', '[1,', 'undefined', '{"__proto__":{"isAdmin":true}}', '"\\ud8"', '\u0000', '1 2'];

/** A body near the example: right, with one or two places wrong, with a member too many, or no JSON at all. */
function bodyOf({ body }: DocumentedOperation): fc.Arbitrary<string | null> {
  if (body === null) return fc.constant(null);
  const example = adapt(body.examples[0]);
  const spell = (value: unknown) => JSON.stringify(value) as string | undefined;
  const changed = fc
    .array(fc.tuple(fc.constantFrom(...listPlaces(example)), fc.oneof(nastyValue, fc.constant(undefined))), {
      ...{ minLength: 1, maxLength: 2 },
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
  const parent = parents.reduce<unknown>(
    (node, key) => (node as Record<string, unknown> | null | undefined)?.[key],
    value,
  );
  return place.length > 0 && (parent === null || typeof parent !== 'object') ? value : replaceAt(value, place, other);
}

function urlOf({ path, parameters }: DocumentedOperation): fc.Arbitrary<string> {
  const segments = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const filled = fc.record(
    Object.fromEntries(
      segments.map((name) => [
        name,
        fc.oneof({ weight: 9, arbitrary: fc.constant(placeOf(path, name)) }, { weight: 1, arbitrary: nastySegment }),
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

const tokenFor = ({ path }: DocumentedOperation): string | undefined => {
  if (path.startsWith('/api/v1/guest') || /^\/api\/public\/hotel\/\{slug\}\/room-bookings\/\{code\}/.test(path))
    return guestToken;
  if (path.startsWith('/api/v1/ops')) return admin;
  if (path.startsWith('/api/v1/agent')) return agentKey;
  if (/^\/api\/(v1\/bookings|admin)\b/.test(path)) return hibachiOwner;
  if (path.startsWith('/api/booking/')) return spaOwner;
  const isForStaff = /^\/api\/(v1\/)?staff\/|^\/api\/v1\/realtime\//.test(path) || path.endsWith('/me');
  return isForStaff ? desk.token : undefined;
};

/** No stack, no SQL, no name of what we are made of. */
const INSIDES = /node_modules|\.ts:\d+|\bSELECT\b .* FROM\b|\bINSERT INTO\b|prisma|SQLSTATE|FST_ERR|"stack"/i;

/** Sends one request and holds the answer to what is promised of every answer. */
async function ask(
  operation: DocumentedOperation,
  url: string,
  body: string | null,
  extra: Record<string, string> = {},
) {
  const token = tokenFor(operation);
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

/** Every nasty text in every place of the path and the query, one after the other. */
async function sweep(operation: DocumentedOperation): Promise<void> {
  const { path, parameters } = operation;
  const right = (name: string) => encodeURIComponent(placeOf(path, name));
  const urlWith = (wrong: string, text: string) =>
    path.replaceAll(/\{(\w+)\}/g, (_, name: string) => (name === wrong ? encodeURIComponent(text) : right(name)));
  for (const parameter of parameters) {
    for (const text of NASTY_TEXTS) {
      const query = `?${new URLSearchParams([[parameter.name, text]]).toString()}`;
      if (parameter.in === 'query') await ask(operation, urlWith('', '') + query, null);
      else if (/^[^./]+$/.test(text)) await ask(operation, urlWith(parameter.name, text), null);
    }
  }
}

async function fuzz(operation: DocumentedOperation): Promise<void> {
  const numRuns = operation.path.endsWith('/login') ? SLOW_RUNS : RUNS;
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
  // My Hibachi's and Hello Gorgeous's.
  ...['/api/v1/bookings', '/api/book', '/api/availability', '/api/admin', '/api/booking'],
];

test.each(FOLDERS)('no request to %s makes it fail, and each refusal is one that is documented', async (folder) => {
  const inFolder = operations.filter(({ path }) => path === folder || path.startsWith(`${folder}/`));
  expect(inFolder.length).toBeGreaterThan(0);
  const failures: string[] = [];
  for (const operation of inFolder) {
    await sweep(operation).catch((error: unknown) =>
      failures.push(`${operation.name}: ${String(error)}`.slice(0, 300)),
    );
    await fuzz(operation).catch((error: unknown) => failures.push(`${operation.name}: ${String(error)}`.slice(0, 300)));
  }
  expect(failures, `seed ${String(seed)}`).toEqual([]);
});

test('the requests were of every kind: some did something, most were refused', () => {
  const total = [...statuses.values()].reduce((sum, count) => sum + count, 0);
  expect(total).toBeGreaterThan(5_000);
  for (const status of [200, 201, 400, 404]) expect(statuses.get(status), String(status)).toBeGreaterThan(0);
});

test('after all of that, every promise still holds', async () => {
  expect(await findViolations(t.ctx)).toEqual([]);
});
