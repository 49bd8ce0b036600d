import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startTestApp } from '../../support/server/app.ts';
import type { TestApp } from '../../support/server/app.ts';
import { daysAhead, guest, stayBody } from '../../support/hotel/build.ts';
import { nightOf, openDesk } from '../../support/hotel/desk.ts';
import type { Desk } from '../../support/hotel/desk.ts';
import { invalid, refusal } from '../../support/http/problems.ts';
import { dumpTables } from '../../support/database/tables.ts';

let t: TestApp;
let desk: Desk;

beforeAll(async () => {
  t = await startTestApp();
  desk = await openDesk(t, { rooms: 50 });
});
afterEach(() => t.database.travel('0 minutes'));
afterAll(() => t.close());

const book = (overrides: Record<string, unknown> = {}, path = desk.hotel.path, headers: Record<string, string> = {}) =>
  t.call('POST', `${path}/bookings`, { body: stayBody(overrides), headers });

test('a booking is held until it is paid, for as long as the property says', async () => {
  const answer = await book();
  expect(answer).toMatchObject({
    status: 201,
    body: {
      booking: {
        code: expect.stringMatching(/^BK-\d{4}-\d{4,}$/),
        kind: 'STAY',
        status: 'PENDING_PAYMENT',
        version: 1,
        source: 'WEBSITE',
        paymentStage: 'NONE',
        property: { slug: desk.hotel.slug, timezone: 'Europe/Dublin' },
        guest,
        party: [{ role: 'PRIMARY', ...guest, isStaying: true }],
        stay: { roomType: 'ROOM', nights: 1, adults: 2, children: 0, room: null },
        balanceDue: 10_000,
        paidAmount: 0,
        reservationSecondsLeft: 600,
      },
      guestToken: expect.stringMatching(/^[\w-]{43}$/),
    },
  });
  const { booking, guestToken, manageUrl } = answer.body;
  expect(Date.parse(booking.expiresAt) - Date.parse(booking.createdAt)).toBe(600_000);
  expect(manageUrl).toBe(`${t.ctx.config.PUBLIC_URL}/manage#${String(guestToken)}`);
});

test('what create answers is what is then read, but for the countdown', async () => {
  const party = [
    { role: 'COMPANION', firstName: 'Brian', lastName: 'Byrne', email: 'brian@example.com', isStaying: true },
    { role: 'CHILD', firstName: 'Ciara', lastName: 'Byrne', isStaying: false },
  ];
  const booker = { firstName: 'Dara', lastName: 'Daly', email: 'dara@example.com', phone: '+353 1 555 0111' };
  const { body } = await book({ party, booker, children: 1, specialRequests: 'A cot, please' });
  const { reservationSecondsLeft, ...created } = body.booking;
  const asGuest = await t.call('GET', '/v1/guest/booking', { token: body.guestToken });
  expect(asGuest.body).toEqual({ ...created, reservationSecondsLeft: expect.any(Number) });
  expect(asGuest.body.reservationSecondsLeft).toBeLessThanOrEqual(reservationSecondsLeft);
  const asStaff = await desk.call('GET', `/bookings/${String(created.code)}`);
  expect(asStaff.body).toMatchObject(created);
});

test('the one who books owns the customer record, the one who stays is the primary guest', async () => {
  const booker = { firstName: 'Eoin', lastName: 'Egan', email: 'Eoin@Example.com' };
  const { body } = await book({ booker });
  expect(body.booking).toMatchObject({ guest, booker: { ...booker, phone: null } });
  const rows = await t.database.sql(
    `SELECT c.email_normalized FROM bookings b JOIN customers c ON c.id = b.customer_id WHERE b.code = $1`,
    [body.booking.code],
  );
  expect(rows).toEqual([{ email_normalized: 'eoin@example.com' }]);
});

test('a guest who books for themselves is the customer, one per property and e-mail', async () => {
  await book({ guest: { ...guest, email: 'twice@example.com' } });
  await book({ guest: { ...guest, email: 'Twice@example.com', lastName: 'Other' } });
  const customers = await t.database.sql(`SELECT id FROM customers WHERE email_normalized = 'twice@example.com'`);
  expect(customers).toHaveLength(1);
});

test('the source follows the credential, not the wish', async () => {
  const { body } = await book({ source: 'WALK_IN' });
  expect(body.booking.source).toBe('WEBSITE');
});

test.each([
  ['AUTOMATIC', 'CONFIRMED'],
  ['STAFF', 'PENDING_APPROVAL'],
] as const)('where nothing is to be paid first and approval is %s, a booking begins %s', async (approval, status) => {
  const free = await openDesk(t, { property: { approval, paymentPolicy: 'NONE' } });
  const { body } = await book({}, free.hotel.path);
  expect(body.booking).toMatchObject({ status, expiresAt: null, reservationSecondsLeft: null });
});

test('an expired hold never blocks a sale, though no job has run', async () => {
  const single = await openDesk(t, { rooms: 1 });
  const first = await single.book();
  expect(await book({}, single.hotel.path)).toMatchObject(refusal('sold_out'));
  await t.database.travel('11 minutes');
  expect(await book({}, single.hotel.path)).toMatchObject({ status: 201 });
  expect((await single.call('GET', `/bookings/${first.code}`)).body.status).toBe('EXPIRED');
  expect(await nightOf(single, daysAhead(30))).toMatchObject({ reserved: 1, available: 0 });
});

test('a dry run prices and answers what would happen, and writes nothing', async () => {
  const before = await dumpTables(t.database);
  const answer = await book({}, desk.hotel.path, { prefer: 'dry-run', 'idempotency-key': 'dry-----------------' });
  expect(answer).toMatchObject({
    status: 200,
    headers: { 'preference-applied': 'dry-run' },
    body: { booking: { code: 'DRY-RUN', price: { totalPayable: 10_000 } }, guestToken: null, manageUrl: null },
  });
  expect(await dumpTables(t.database)).toEqual(before);
});

test('a dry run is refused as the booking would be', async () => {
  const full = await openDesk(t, { rooms: 0 });
  expect(await book({}, full.hotel.path, { prefer: 'dry-run' })).toMatchObject(refusal('sold_out'));
});

test.each([
  ['past_time', { checkIn: daysAhead(-2), checkOut: daysAhead(-1) }, {}],
  ['promo_invalid', { promoCode: 'NOSUCH' }, {}],
  ['occupancy_exceeded', { adults: 5 }, {}],
  ['beyond_booking_window', {}, { property: { bookingWindowDays: 7 } }],
  ['notice_too_short', {}, { property: { minNoticeMinutes: 44_640 } }],
  ['min_stay', {}, { roomType: { minStay: 2 } }],
  ['not_found', { roomType: 'NOSUCH' }, {}],
  ['not_found', {}, { property: { status: 'SUSPENDED' } }],
] as const)('a booking is refused with %s for %j at %j', async (code, overrides, options) => {
  const { hotel } = await openDesk(t, options);
  expect(await book(overrides, hotel.path)).toMatchObject(refusal(code));
});

test('a booking of a closed night is 422 closed', async () => {
  const range = { roomType: 'ROOM', from: daysAhead(90), to: daysAhead(91) };
  await desk.call('PUT', '/inventory', { body: { ...range, closed: true } });
  expect(await book({ checkIn: range.from, checkOut: range.to })).toMatchObject(refusal('closed'));
});

test.each([
  [{ adults: 0 }, 'adults'],
  [{ adults: 11 }, 'adults'],
  [{ children: 9 }, 'children'],
  [{ checkIn: '2027-02-29' }, 'checkIn'],
  [{ checkOut: daysAhead(30) }, 'checkOut'],
  [{ checkOut: daysAhead(121) }, 'checkOut'],
  [{ guest: { ...guest, email: 'nobody' } }, 'guest.email'],
  [{ guest: { ...guest, firstName: '   ' } }, 'guest.firstName'],
  [{ guest: { ...guest, lastName: 'null\u0000byte' } }, 'guest.lastName'],
  [{ guest: { ...guest, lastName: 'half \ud83d' } }, 'guest.lastName'],
  [{ guest: { ...guest, isVip: true } }, 'guest.isVip'],
  [{ party: [{ role: 'PRIMARY', firstName: 'A', lastName: 'B' }] }, 'party.0.role'],
  [{ specialRequests: 'x'.repeat(2_001) }, 'specialRequests'],
  [{ status: 'CONFIRMED' }, 'status'],
  [{ price: { totalPayable: 1 } }, 'price'],
  [{ payment: 'WAIVED' }, 'payment'],
])('a booking with %j is 400 at %s', async (overrides, path) => {
  expect(await book(overrides)).toMatchObject(invalid(path));
});

test('a body that is no JSON, another type or too large is 400, 415 and 413', async () => {
  const send = (type: string, body: string) =>
    t.call('POST', `${desk.hotel.path}/bookings`, { headers: { 'content-type': type }, body });
  expect(await send('application/json', '{"roomType":')).toMatchObject(refusal('validation_failed'));
  expect(await send('text/plain', 'a room, please')).toMatchObject(refusal('unsupported_media_type'));
  const large = JSON.stringify(stayBody({ specialRequests: 'x'.repeat(300_000) }));
  expect(await send('application/json', large)).toMatchObject(refusal('payload_too_large'));
});

test('a trailing slash never matters for a booking either', async () => {
  const answer = await t.call('POST', `${desk.hotel.path}/bookings/`, { body: stayBody() });
  expect(answer.status).toBe(201);
});
