import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DocumentedOperation } from '../../support/http/api-document.ts';
import { invalid } from '../../support/http/problems.ts';
import { stayBody } from '../../support/hotel/build.ts';
import { openDesk } from '../../support/hotel/desk.ts';
import type { Desk } from '../../support/hotel/desk.ts';
import { listPlaces, readAt, replaceAt } from '../../support/operations/change-places.ts';
import { adapt, openOperations } from '../../support/operations/open-operations.ts';
import type { OpenOperations } from '../../support/operations/open-operations.ts';
import { startTestApp } from '../../support/server/app.ts';
import type { TestApp } from '../../support/server/app.ts';

// Words that reach a caller are ours: no message of a library, and no complaint about what was not sent.

let t: TestApp;
let open: OpenOperations;
let desk: Desk;
beforeAll(async () => {
  t = await startTestApp();
  open = await openOperations(t);
  desk = await openDesk(t, { rooms: 3 });
});
afterAll(() => t.close());

/** How zod, Fastify, JSON.parse and the MCP kit complain. */
const LIBRARY_PROSE =
  /\b(expected|invalid (input|option|type|string|key|value|format|discriminator|email|uuid|iso|request)|too (small|big)|unrecognized|undefined|nan|regex|pattern|zod|content-type|unexpected token|not valid json but)\b|FST_|\[object /i;
/** A message completes a sentence that its path begins. */
const OWN_MESSAGE = /^(must|is|are|has|have|cannot|can|needs|overlaps|may|only|shares|there|exceeds)\b/;

const BAD: readonly (readonly [kind: string, make: (value: unknown) => unknown])[] = [
  ['missing', () => undefined],
  ['null', () => null],
  ['of another type', (value) => (typeof value === 'object' ? 'text' : { a: 1 })],
  ['a list', () => []],
  ['a number as text', (value) => (typeof value === 'number' ? String(value) : 7)],
  ['a fraction', () => 1.5],
  ['true', () => true],
  ['too small', (value) => (typeof value === 'number' ? -1 : '')],
  ['too large', (value) => (typeof value === 'number' ? 1e15 : 'x'.repeat(5_000))],
  ['no choice', () => 'no such choice!'],
  ['with an unknown member', (value) => (typeof value === 'object' ? { ...value, unheardOf: 1 } : 'NO_SUCH')],
];

/** What is wrong with the words of an answer; null when nothing is. */
function explainWords({ status, body }: { status: number; body: any }): string | null {
  const text = JSON.stringify(body);
  const prose = status >= 400 || body?.ok === false ? LIBRARY_PROSE.exec(text) : null;
  if (prose !== null) return `"${prose[0]}" in ${text.slice(0, 300)}`;
  const errors: { path: string; message: string }[] = body?.errors ?? body?.problem?.errors ?? [];
  const odd = errors.find(({ message }) => !OWN_MESSAGE.test(message));
  return odd === undefined ? null : `${odd.path}: ${odd.message}`;
}

async function listOddWords(operation: DocumentedOperation): Promise<string[]> {
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => open.placeOf(operation.path, name));
  const token = open.tokenFor(operation);
  const call = async (body: unknown, query = '') => {
    const options = { ...(body !== undefined && { body }), ...(token !== undefined && { token }) };
    return explainWords(await t.call(operation.method, path + query, options));
  };
  const odd: string[] = [];
  const note = (where: string, words: string | null) => {
    if (words !== null) odd.push(`${operation.name}, ${where}: ${words}`);
  };
  for (const example of (operation.body?.examples ?? []).map(adapt)) {
    for (const place of listPlaces(example)) {
      for (const [kind, make] of BAD) {
        const body = replaceAt(example, place, make(readAt(example, place)));
        if (body !== undefined) note(`${place.join('.')} ${kind}`, await call(body));
      }
    }
  }
  const queried = operation.path.endsWith('/stream') ? [] : operation.parameters.filter(({ in: at }) => at === 'query');
  for (const { name } of queried) {
    for (const value of ['', 'no such choice!', '-1', '1e99', '1.5', 'x'.repeat(500)]) {
      note(`?${name}=${value.slice(0, 20)}`, await call(undefined, `?${name}=${encodeURIComponent(value)}`));
    }
  }
  return odd;
}

test('no operation answers a bad value in the words of a library', async () => {
  const withInput = open.operations.filter(({ path }) => !/\/webhooks?\/|\/auth\/login/.test(path));
  const odd: string[] = [];
  for (const operation of withInput) odd.push(...(await listOddWords(operation)));
  expect(odd).toEqual([]);
});

test('nor does a request that can not be read', async () => {
  const post = async (payload: string, headers = {}) =>
    t.app.inject({
      method: 'POST',
      url: `/api${desk.hotel.path}/bookings`,
      payload,
      headers: { 'content-type': 'application/json', ...headers },
    });
  const unreadable = [await post('{'), await post('{"a":}'), await post('{"__proto__":1}'), await post('')];
  const escaped = await t.app.inject({ method: 'GET', url: `/api${desk.hotel.path}/room-types/%zz` });
  for (const { statusCode, body } of [...unreadable, escaped]) {
    expect(statusCode).toBe(400);
    expect(explainWords({ status: statusCode, body: JSON.parse(body) })).toBeNull();
  }
});

test.each([
  [{ adults: 0 }, 'adults', 'must be at least 1'],
  [{ adults: 11 }, 'adults', 'must be at most 10'],
  [{ adults: '2' }, 'adults', 'must be a whole number, not text'],
  [{ adults: 1.5 }, 'adults', 'must be a whole number'],
  [{ adults: null }, 'adults', 'must be a whole number, not null'],
  [{ roomType: undefined }, 'roomType', 'is required'],
  [{ specialRequests: ' ' }, 'specialRequests', 'must not be empty'],
  [{ specialRequests: 'x'.repeat(2_001) }, 'specialRequests', 'must have at most 2000 characters'],
  [{ source: 'WEB' }, 'source', expect.stringMatching(/^must be one of WEBSITE, STAFF, /)],
  [{ kind: 'ROOM' }, 'kind', 'must be one of STAY, APPOINTMENT'],
  [{ party: {} }, 'party', 'must be a list, not an object'],
  [{ pets: 1 }, 'pets', 'is not a known member'],
])('a booking with %j says that %s %s', async (overrides, path, message) => {
  const { body } = await t.call('POST', `${desk.hotel.path}/bookings`, { body: stayBody(overrides) });
  expect(body.errors).toEqual([{ path, message }]);
});

test.each([
  ['nights with a wrong date', { checkIn: '2027-05-15', checkOut: 'soon' }, 'checkOut'],
  ['nights without a departure', { checkIn: '2027-05-15' }, 'checkOut'],
  ['nights with a party', { checkIn: '2027-05-15', checkOut: '2027-05-17', adults: 0 }, 'adults'],
  ['a start with a party', { startsAt: '2027-05-15T10:00', adults: 0 }, 'adults'],
  ['a party alone', { adults: 'two' }, 'adults'],
])('a move of %s is told about its own members only', async (_, body, path) => {
  const moved = await desk.act('BK-2026-0001', 'reschedule', body);
  expect(moved).toMatchObject(invalid(path));
  expect(moved.body.errors).toHaveLength(1);
});

test('a wrong item of a batch is told about its own members only', async () => {
  const stay = { roomType: 'ROOM', checkIn: '2027-05-15', checkOut: '2027-05-17', adults: 0 };
  const { body } = await t.call('POST', `${desk.hotel.path}/availability/batch`, { body: { items: [stay] } });
  expect(body.errors).toEqual([{ path: 'items.0.adults', message: 'must be at least 1' }]);
});
