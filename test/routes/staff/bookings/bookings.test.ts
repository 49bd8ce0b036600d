import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp } from '../../../support/server/app.ts';
import type { TestApp } from '../../../support/server/app.ts';
import { daysAhead, guest, stayBody } from '../../../support/hotel/build.ts';
import { travelTo } from '../../../support/database/clock.ts';
import { hire, openDesk } from '../../../support/hotel/desk.ts';
import type { Desk } from '../../../support/hotel/desk.ts';
import { invalid, refusal } from '../../../support/http/problems.ts';
import { countStatements } from '../../../support/database/queries.ts';
import { dumpTables } from '../../../support/database/tables.ts';

let t: TestApp;
let desk: Desk;
let viewer: string;

beforeAll(async () => {
  t = await startTestApp();
  desk = await openDesk(t, { rooms: 60, property: { approval: 'STAFF' } });
  viewer = await hire(t, desk.hotel.propertyId, 'VIEWER');
});
afterAll(() => t.close());

const create = (overrides: Record<string, unknown> = {}, headers: Record<string, string> = {}) =>
  desk.call('POST', '/bookings', { body: stayBody(overrides), headers });

test.each([
  ['LINK', 'PENDING_PAYMENT', 10_000, 0],
  ['ON_SITE', 'CONFIRMED', 10_000, 0],
  ['WAIVED', 'CONFIRMED', 0, 10_000],
])('a booking made by staff with payment %s begins %s', async (payment, status, balanceDue, waivedAmount) => {
  const answer = await create({ payment });
  expect(answer).toMatchObject({
    status: 201,
    headers: { etag: '"1"' },
    body: {
      booking: { status, balanceDue, waivedAmount, source: 'STAFF', guest, payments: [] },
      guestToken: expect.stringMatching(/^[\w-]{43}$/),
    },
  });
});

test.each(['STAFF', 'PHONE', 'WALK_IN'])('staff say that a booking came as %s', async (source) => {
  expect((await create({ source })).body.booking.source).toBe(source);
});

test('who stands at the desk late in the evening has a room tonight, whatever notice is asked of others', async () => {
  const hotel = await openDesk(t, { property: { minNoticeMinutes: 1_440 } });
  await travelTo(t.database, `${daysAhead(1)}T22:00:00Z`);
  const tonight = { checkIn: daysAhead(1), checkOut: daysAhead(2) };
  const body = stayBody({ ...tonight, payment: 'ON_SITE', source: 'WALK_IN' });
  expect(await hotel.call('POST', '/bookings', { body })).toMatchObject({
    status: 201,
    body: { booking: { status: 'CONFIRMED', stay: tonight } },
  });
  const website = await t.call('POST', `${hotel.hotel.path}/bookings`, { body: stayBody(tonight) });
  expect(website).toMatchObject(refusal('notice_too_short'));
  await t.database.travel('0');
});

test('staff can not claim that a booking came from the website', async () => {
  expect(await create({ source: 'WEBSITE' })).toMatchObject(invalid('source'));
});

test('what staff create answers is what they then read, but for the countdown', async () => {
  const { body } = await create({ payment: 'LINK', specialRequests: 'Ground floor' });
  const read = await desk.call('GET', `/bookings/${String(body.booking.code)}`);
  expect(read).toMatchObject({ status: 200, headers: { etag: '"1"' } });
  expect(read.body).toEqual({ ...body.booking, reservationSecondsLeft: expect.any(Number) });
});

test.each([
  ['past_time', { checkIn: daysAhead(-2), checkOut: daysAhead(-1) }],
  ['promo_invalid', { promoCode: 'NOSUCH' }],
  ['occupancy_exceeded', { adults: 5 }],
  ['beyond_booking_window', { checkIn: daysAhead(390), checkOut: daysAhead(391) }],
  ['not_found', { roomType: 'NOSUCH' }],
] as const)('staff are refused with %s for %j', async (code, overrides) => {
  expect(await create(overrides)).toMatchObject(refusal(code));
});

test.each([
  [{ payment: 'GIFT' }, 'payment'],
  [{ adults: 0 }, 'adults'],
  [{ guest: { ...guest, phone: 'call me' } }, 'guest.phone'],
  [{ roomNumber: '101' }, 'roomNumber'],
])('a booking by staff with %j is 400 at %s', async (overrides, path) => {
  expect(await create(overrides)).toMatchObject(invalid(path));
});

test('a booking by staff takes JSON, and not too much of it', async () => {
  const send = (type: string, body: string) =>
    desk.call('POST', '/bookings', { headers: { 'content-type': type }, body });
  expect(await send('text/csv', 'a,b')).toMatchObject(refusal('unsupported_media_type'));
  expect(await send('application/json', `"${'x'.repeat(300_000)}"`)).toMatchObject(refusal('payload_too_large'));
});

test('a dry run of a booking by staff writes nothing', async () => {
  const before = await dumpTables(t.database);
  const answer = await create({ payment: 'ON_SITE' }, { prefer: 'dry-run' });
  expect(answer).toMatchObject({
    status: 200,
    headers: { 'preference-applied': 'dry-run' },
    body: { booking: { code: 'DRY-RUN', status: 'CONFIRMED' }, guestToken: null },
  });
  expect(await dumpTables(t.database)).toEqual(before);
});

test.each(['', '/history', '/assignable-rooms'])(
  'a booking’s %s is read by code, and 404 for any other',
  async (sub) => {
    const { code } = await desk.book();
    expect((await desk.call('GET', `/bookings/${code}${sub}`)).status).toBe(200);
    expect((await desk.call('GET', `/bookings/${code}${sub}/`)).status).toBe(200);
    expect(await desk.call('GET', `/bookings/BK-2020-999999${sub}`)).toMatchObject(refusal('not_found'));
    expect(await desk.call('GET', `/bookings/42${sub}`)).toMatchObject(invalid('code'));
  },
);

test('a booking of another property is 404, as if there were none', async () => {
  const other = await openDesk(t);
  const { code } = await other.book();
  expect(await desk.call('GET', `/bookings/${code}`)).toMatchObject(refusal('not_found'));
  expect(await desk.call('GET', `/bookings/${code}/history`)).toMatchObject(refusal('not_found'));
  expect(await desk.act(code, 'cancel')).toMatchObject(refusal('not_found'));
  expect((await other.call('GET', `/bookings/${code}`)).body.status).toBe('PENDING_PAYMENT');
});

test('without a token it is 401, without the permission 403 naming it, at another property 404', async () => {
  const anonymous = await t.call('GET', `${desk.path}/bookings`);
  expect(anonymous).toMatchObject(refusal('unauthorized'));
  const forbidden = await desk.call('POST', '/bookings', { token: viewer, body: stayBody() });
  expect(forbidden).toMatchObject(refusal('forbidden', { detail: expect.stringContaining('bookings.create') }));
  const elsewhere = await t.call('GET', '/v1/staff/properties/harbour-hotel/bookings', { token: desk.token });
  expect(elsewhere).toMatchObject(refusal('not_found'));
});

test('a slug the database could not even compare is a refusal, not a failure of ours', async () => {
  const { status } = await t.call('GET', '/v1/staff/properties/%00/bookings', { token: desk.token });
  expect([400, 404]).toContain(status);
});

test('history tells who did what, when and with what effect, oldest first', async () => {
  const { code } = await desk.book();
  await desk.act(code, 'payments', { method: 'CASH', amount: 10_000, reference: 'till 1' });
  await desk.act(code, 'cancel', { reason: 'Guest called' });
  const { body } = await desk.call('GET', `/bookings/${code}/history`);
  expect(body.items).toMatchObject([
    { actor: { type: 'GUEST' }, action: 'create', from: null, to: 'PENDING_PAYMENT' },
    { actor: { type: 'STAFF', name: 'Sam' }, action: 'payment', changes: { paidAmount: [0, 10_000] } },
    { actor: { type: 'STAFF' }, action: 'confirm', from: 'PENDING_PAYMENT', to: 'CONFIRMED' },
    { actor: { type: 'STAFF' }, action: 'cancel', from: 'CONFIRMED', to: 'CANCELLED', reason: 'Guest called' },
  ]);
});

test('details cost a constant number of queries, whatever hangs on the booking', async () => {
  const small = await desk.confirm();
  const large = await desk.confirm({
    adults: 4,
    party: Array.from({ length: 17 }, (_, index) => {
      return { role: 'COMPANION', firstName: `Guest ${String(index)}`, lastName: 'Byrne', isStaying: index < 3 };
    }),
  });
  for (const amount of [1, 2, 3, 4]) await desk.act(large, 'payments', { method: 'CASH', amount });
  const read = (code: string) => countStatements(() => desk.call('GET', `/bookings/${code}`));
  await read(small);
  const [few, many] = [await read(small), await read(large)];
  expect(few).toBeGreaterThan(0);
  expect(many).toBe(few);
});

test('a list costs a constant number of queries, however long it is', async () => {
  const list = (limit: number) => countStatements(() => desk.call('GET', `/bookings?limit=${String(limit)}`));
  for (let count = 0; count < 10; count += 1) await desk.confirm();
  await list(1);
  const [one, ten] = [await list(1), await list(10)];
  expect(one).toBeGreaterThan(0);
  expect(ten).toBe(one);
});
