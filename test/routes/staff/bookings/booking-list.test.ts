import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startTestApp } from '../../../support/server/app.ts';
import type { TestApp } from '../../../support/server/app.ts';
import { daysAhead } from '../../../support/hotel/build.ts';
import { travelToNoon } from '../../../support/database/clock.ts';
import { hire, openDesk } from '../../../support/hotel/desk.ts';
import type { Desk } from '../../../support/hotel/desk.ts';
import { invalid } from '../../../support/http/problems.ts';

let t: TestApp;
let desk: Desk;
/** Codes by what is special about the booking. */
const codes: Record<string, string> = {};

beforeAll(async () => {
  t = await startTestApp();
  desk = await openDesk(t, { rooms: 10 });
  const orla = { firstName: 'Orla', lastName: 'Nolan', email: 'Orla.Nolan@Example.com', phone: '+353 86 123 4567' };
  const niamh = { firstName: 'Niamh', lastName: 'O_Brien', email: 'niamh@example.com' };
  codes['held'] = (await desk.book()).code;
  codes['soon'] = await desk.confirm({ checkIn: daysAhead(5), checkOut: daysAhead(8), guest: orla });
  codes['later'] = await desk.confirm({ checkIn: daysAhead(50), checkOut: daysAhead(52), source: 'PHONE' });
  codes['friends'] = await desk.confirm({
    checkIn: daysAhead(70),
    checkOut: daysAhead(71),
    guest: niamh,
    party: [{ role: 'COMPANION', firstName: 'Padraig', lastName: 'Quinn', phone: '+353 87 765 4321' }],
  });
  codes['cancelled'] = (await desk.book({ checkIn: daysAhead(60), checkOut: daysAhead(61) })).code;
  await desk.act(codes['cancelled'], 'cancel');
  await desk.act(codes['soon'], 'assign-room', { room: '107' });
});
afterEach(() => t.database.travel('0 minutes'));
afterAll(() => t.close());

/** What is special about the bookings a query finds, in the order found. */
async function find(query: string, at = desk): Promise<string[]> {
  const { status, body } = await at.call('GET', `/bookings?${query}`);
  expect(status).toBe(200);
  const names = new Map(Object.entries(codes).map(([name, code]) => [code, name]));
  return body.items.map(({ code }: { code: string }) => names.get(code) ?? code);
}

test('a list is newest first, unless told otherwise', async () => {
  const newestFirst = ['cancelled', 'friends', 'later', 'soon', 'held'];
  expect(await find('')).toEqual(newestFirst);
  expect(await find('sort=-createdAt')).toEqual(newestFirst);
  expect(await find('sort=createdAt')).toEqual(newestFirst.toReversed());
  expect(await find('sort=startsAt')).toEqual(['soon', 'held', 'later', 'cancelled', 'friends']);
  expect(await find('sort=-startsAt')).toEqual(['friends', 'cancelled', 'later', 'held', 'soon']);
});

test.each([
  ['status=CONFIRMED', ['friends', 'later', 'soon']],
  ['status=CANCELLED,PENDING_PAYMENT', ['cancelled', 'held']],
  ['kind=STAY', ['cancelled', 'friends', 'later', 'soon', 'held']],
  ['kind=APPOINTMENT', []],
  [`from=${daysAhead(51)}&to=${daysAhead(65)}`, ['cancelled', 'later']],
  [`from=${daysAhead(8)}&to=${daysAhead(8)}`, ['soon']],
  [`from=${daysAhead(9)}&to=${daysAhead(29)}`, []],
  [`to=${daysAhead(5)}`, ['soon']],
  [`createdFrom=${daysAhead(-1)}&createdTo=${daysAhead(1)}`, ['cancelled', 'friends', 'later', 'soon', 'held']],
  [`createdTo=${daysAhead(-2)}`, []],
  [`createdFrom=${daysAhead(2)}`, []],
  [`authorizedFrom=${daysAhead(-1)}&authorizedTo=${daysAhead(1)}`, []],
  ['room=107', ['soon']],
  ['room=101', []],
  ['roomType=ROOM&status=CONFIRMED&source=PHONE', ['later']],
  ['roomType=SUITE', []],
  ['source=WEBSITE', ['cancelled', 'held']],
])('the filter %s finds %j', async (query, expected) => {
  expect(await find(query)).toEqual(expected);
});

test.each([
  ['orla', ['soon']],
  ['NOLAN', ['soon']],
  ['Orla Nolan', ['soon']],
  ['nolan orla', ['soon']],
  ['orla.nolan@example.com', ['soon']],
  ['orla.nolan@', ['soon']],
  ['+353 86 123 4567', ['soon']],
  ['00353861234567', ['soon']],
  ['Padraig', ['friends']],
  ['+353 (87) 765-4321', ['friends']],
  ['o_b', ['friends']],
  ['O_Brien', ['friends']],
  ['%', []],
  ['_', []],
  ['nobody', []],
])('the text %s finds %j', async (text, expected) => {
  expect(await find(`q=${encodeURIComponent(text)}`)).toEqual(expected);
});

test('the dates of an authorization are those of the property, both included', async () => {
  // Half past midnight in Dublin is the day before in UTC.
  const authorizeAt = (name: string, at: string) =>
    t.database.sql('UPDATE bookings SET payment_authorized_at = $2 WHERE code = $1', [codes[name], at]);
  await authorizeAt('soon', '2027-07-09T23:30:00Z');
  await authorizeAt('later', '2027-07-10T22:59:59Z');
  await authorizeAt('friends', '2027-07-10T23:00:00Z');
  expect(await find('authorizedFrom=2027-07-10&authorizedTo=2027-07-10&sort=startsAt')).toEqual(['soon', 'later']);
  expect(await find('authorizedFrom=2027-07-11')).toEqual(['friends']);
  expect(await find('authorizedTo=2027-07-09')).toEqual([]);
  await t.database.sql('UPDATE bookings SET payment_authorized_at = NULL');
});

test('the text of a code, in any case, finds its booking', async () => {
  const code = codes['later'] ?? '';
  expect(await find(`q=${code}`)).toEqual(['later']);
  expect(await find(`q=${code.toLowerCase()}`)).toEqual(['later']);
});

test('a text without digits never finds somebody by telephone', async () => {
  const other = await openDesk(t);
  const odd = { firstName: 'Una', lastName: 'Ward', email: 'una@example.com', phone: '-----' };
  const made = await other.call('POST', '/bookings', {
    body: { roomType: 'ROOM', checkIn: daysAhead(3), checkOut: daysAhead(4), guest: odd, payment: 'ON_SITE' },
  });
  expect([201, 400]).toContain(made.status);
  expect(await find('q=zzz', other)).toEqual([]);
});

test.each([
  ['limit=0', 'limit'],
  ['limit=201', 'limit'],
  ['limit=many', 'limit'],
  ['cursor=xyz', 'cursor'],
  [`cursor=${Buffer.from('["yesterday","1"]').toString('base64url')}`, 'cursor'],
  ['status=SLEEPING', 'status.0'],
  ['status=', 'status.0'],
  ['sort=price', 'sort'],
  ['from=2027-02-29', 'from'],
  ['q=', 'q'],
  ['q=%00', 'q'],
  ['colour=blue', 'colour'],
  ['limit=1&limit=2', 'limit'],
])('a list with %s is 400 at %s', async (query, path) => {
  expect(await desk.call('GET', `/bookings?${query}`)).toMatchObject(invalid(path));
});

test('a cursor with a date that does not exist is 400, not a failure of ours', async () => {
  const place = ['0000-01-01T00:00:00Z', '01980c4e-7f3a-7000-8000-000000000000'];
  const cursor = Buffer.from(JSON.stringify(place)).toString('base64url');
  expect(await desk.call('GET', `/bookings?cursor=${cursor}`)).toMatchObject(invalid('cursor'));
});

test('a property without bookings has an empty list', async () => {
  const empty = await openDesk(t);
  expect((await empty.call('GET', '/bookings')).body).toEqual({ items: [], nextCursor: null });
});

test('a list shows one property and no other', async () => {
  const other = await openDesk(t);
  const { code } = await other.book();
  expect(await find('limit=200')).not.toContain(code);
  expect(await find('', other)).toEqual([code]);
});

test('housekeeping sees only the stays of today, whatever it asks for', async () => {
  const hotel = await openDesk(t, { rooms: 10 });
  const token = await hire(t, hotel.hotel.propertyId, 'HOUSEKEEPING');
  const arriving = await hotel.confirm({ checkIn: daysAhead(20), checkOut: daysAhead(22) });
  const leaving = await hotel.confirm({ checkIn: daysAhead(18), checkOut: daysAhead(20) });
  await hotel.confirm({ checkIn: daysAhead(18), checkOut: daysAhead(19) });
  await hotel.confirm({ checkIn: daysAhead(21), checkOut: daysAhead(23) });
  await hotel.book({ checkIn: daysAhead(20), checkOut: daysAhead(21) });
  await travelToNoon(t.database, daysAhead(20));
  for (const query of ['', `?from=${daysAhead(0)}&to=${daysAhead(99)}`, '?kind=STAY']) {
    const { body } = await hotel.call('GET', `/bookings${query}`, { token });
    const seen = body.items.map(({ code }: { code: string }) => code);
    expect(seen.toSorted()).toEqual([arriving, leaving].toSorted());
  }
});
