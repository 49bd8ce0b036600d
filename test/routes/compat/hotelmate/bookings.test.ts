import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startTestApp } from '../../../support/server/app.ts';
import type { TestApp } from '../../../support/server/app.ts';
import { daysAhead } from '../../../support/hotel/build.ts';
import { openDesk } from '../../../support/hotel/desk.ts';
import type { Desk } from '../../../support/hotel/desk.ts';
import { invalid, refusal } from '../../../support/http/problems.ts';
import { dumpTables } from '../../../support/database/tables.ts';

let t: TestApp;
let desk: Desk;
const guest = { first_name: 'Aoife', last_name: 'Byrne', email: 'aoife@example.com', phone: '+35315550100' };
const flat = {
  primary_first_name: 'Aoife',
  primary_last_name: 'Byrne',
  primary_email: 'aoife@example.com',
  primary_phone: '+35315550100',
};
const booker = { booker_first_name: 'Dara', booker_last_name: 'Daly', booker_email: 'dara@example.com' };
const nights = { check_in: daysAhead(30), check_out: daysAhead(31) };
const wish = { room_type: 'ROOM', ...nights };

beforeAll(async () => {
  t = await startTestApp();
  desk = await openDesk(t, { rooms: 60 });
});
afterEach(() => t.database.travel('0 minutes'));
afterAll(() => t.close());

const send = (body: object, headers: Record<string, string> = {}, slug = desk.hotel.slug) =>
  t.call('POST', `/api/public/hotel/${slug}/bookings/`, { body, headers });
const book = (overrides: object = {}, headers: Record<string, string> = {}, slug = desk.hotel.slug) =>
  send({ ...wish, guest, ...overrides }, headers, slug);
const countBookings = async () => (await t.database.sql('SELECT FROM bookings')).length;

test('a booking is held, and answered in groups with the guest’s token', async () => {
  const { status, body } = await book({ special_requests: 'A cot, please' });
  expect(status).toBe(201);
  expect(body).toEqual({
    booking_id: expect.stringMatching(/^BK-\d{4}-\d{4,}$/),
    status: 'PENDING_PAYMENT',
    version: 1,
    source: 'COMPAT',
    hotel_info: { slug: desk.hotel.slug, name: 'Test hotel', timezone: 'Europe/Dublin', phone: null },
    room_info: { room_type_code: 'ROOM', room_type_name: 'Room', assigned_room_number: null },
    dates_info: { ...nights, nights: 1 },
    guest_info: { ...guest, adults: 2, children: 0, total_guests: 2 },
    party: [{ role: 'PRIMARY', ...guest, is_staying: true }],
    booker: null,
    special_requests: 'A cot, please',
    pricing: {
      currency: 'EUR',
      lines: [
        {
          kind: 'NIGHT',
          label: `Room, night of ${nights.check_in}`,
          quantity: 1,
          date: nights.check_in,
          unit_amount: '100.00',
          amount: '100.00',
        },
      ],
      subtotal: '100.00',
      discount: '0.00',
      subtotal_after_promo: '100.00',
      taxes: '0.00',
      tax_lines: [],
      total: '100.00',
      deposit_due: '100.00',
      balance_due: '0.00',
    },
    payment: {
      required: true,
      stage: 'NONE',
      paid_amount: '0.00',
      balance_due: '100.00',
      expires_at: expect.stringMatching(/Z$/),
      seconds_left: 600,
    },
    created_at: expect.stringMatching(/Z$/),
    updated_at: expect.stringMatching(/Z$/),
    guest_token: expect.stringMatching(/^[\w-]{43}$/),
    manage_url: `${t.ctx.config.PUBLIC_URL}/manage#${String(body.guest_token)}`,
  });
});

test('it is the same booking on the canonical path', async () => {
  const { body } = await book({ adults: 3, children: 1 });
  const canonical = await t.call('GET', '/v1/guest/booking', { token: body.guest_token });
  expect(canonical.body).toMatchObject({
    code: body.booking_id,
    status: body.status,
    source: 'COMPAT',
    createdAt: body.created_at,
    price: { totalPayable: Number(body.pricing.total.replace('.', '')) },
    stay: { roomType: 'ROOM', checkIn: nights.check_in, checkOut: nights.check_out, adults: 3, children: 1 },
  });
  const twin = { roomType: 'ROOM', checkIn: nights.check_in, checkOut: nights.check_out, adults: 3, children: 1 };
  const quoted = await t.call('POST', `${desk.hotel.path}/quotes`, { body: twin });
  expect(canonical.body.price).toEqual(quoted.body.price);
});

test('the flat form of HotelMate’s site makes the same booking', async () => {
  const unlike = { booking_id: '', guest_token: '', manage_url: '', created_at: '', updated_at: '', payment: null };
  const nested = await book();
  const { room_type: code, ...rest } = wish;
  const other = await send({ ...rest, room_type_code: code, ...flat, booker_type: 'SELF', special_requests: '' });
  expect(other.status).toBe(201);
  expect({ ...other.body, ...unlike }).toEqual({ ...nested.body, ...unlike });
});

test('who books for somebody else and who comes along are kept', async () => {
  const party = [
    { first_name: 'Brian', last_name: 'Byrne', email: '' },
    { role: 'CHILD', first_name: 'Ciara', last_name: 'Byrne', is_staying: false },
  ];
  const { body } = await book({ party, booker_type: 'THIRD_PARTY', ...booker, booker_phone: '' });
  expect(body.booker).toEqual({ first_name: 'Dara', last_name: 'Daly', email: 'dara@example.com', phone: null });
  expect(body.party).toMatchObject([
    { role: 'PRIMARY', ...guest },
    { role: 'COMPANION', first_name: 'Brian', email: null, is_staying: true },
    { role: 'CHILD', first_name: 'Ciara', is_staying: false },
  ]);
});

test.each([
  [{ guest: undefined }, 'guest'],
  [{ guest: { ...guest, email: 'nobody' } }, 'guest.email'],
  [{ guest: { ...guest, first_name: ' ' } }, 'guest.first_name'],
  [{ guest: { ...guest, firstName: 'A' } }, 'guest.firstName'],
  [{ guest: undefined, primary_first_name: 'Aoife' }, 'primary_email'],
  [{ guest: undefined, ...flat, primary_email: 'nobody' }, 'primary_email'],
  [{ primary_email: 'aoife@example.com' }, 'primary_email'],
  [{ primary_phone: '+35315550100' }, 'primary_phone'],
  [{ booker_type: 'THIRD_PARTY' }, 'booker_first_name'],
  [{ booker_type: 'COMPANY', ...booker }, 'booker_type'],
  [{ booker_email: 'dara@example.com' }, 'booker_email'],
  [{ party: [{ role: 'PRIMARY', first_name: 'A', last_name: 'B' }] }, 'party.0.role'],
  [{ party: [{ last_name: 'A' }] }, 'party.0.first_name'],
  [{ room_type_code: 'ROOM' }, 'room_type_code'],
  [{ room_type: undefined }, 'room_type'],
  [{ check_in: '2027-02-29' }, 'check_in'],
  [{ check_out: nights.check_in }, 'check_out'],
  [{ adults: 11 }, 'adults'],
  [{ special_requests: 'x'.repeat(2_001) }, 'special_requests'],
  [{ source: 'STAFF' }, 'source'],
  [{ status: 'CONFIRMED' }, 'status'],
])('a booking with %j is 400 at %s', async (overrides, path) => {
  expect(await book(overrides)).toMatchObject(invalid(path));
});

test.each([
  ['not_found', { room_type: 'NOSUCH' }, {}],
  ['not_found', {}, { property: { status: 'SUSPENDED' } }],
  ['past_time', { check_in: daysAhead(-2), check_out: daysAhead(-1) }, {}],
  ['occupancy_exceeded', { adults: 5 }, {}],
  ['promo_invalid', { promo_code: 'NOSUCH' }, {}],
  ['beyond_booking_window', {}, { property: { bookingWindowDays: 7 } }],
  ['notice_too_short', {}, { property: { minNoticeMinutes: 44_640 } }],
  ['min_stay', {}, { roomType: { minStay: 2 } }],
] as const)('a booking is refused with %s for %j at %j', async (code, overrides, options) => {
  const { hotel } = await openDesk(t, options);
  expect(await book(overrides, {}, hotel.slug)).toMatchObject(refusal(code));
});

test('a booking of a closed night is 422 closed', async () => {
  const range = { roomType: 'ROOM', from: daysAhead(90), to: daysAhead(91) };
  await desk.call('PUT', '/inventory', { body: { ...range, closed: true } });
  expect(await book({ check_in: range.from, check_out: range.to })).toMatchObject(refusal('closed'));
});

test('who comes too late hears why, and what can be booked instead', async () => {
  const single = await openDesk(t, { rooms: 1 });
  const first = await book({}, {}, single.hotel.slug);
  const late = await book({}, {}, single.hotel.slug);
  const heldUntil = first.body.payment.expires_at as string;
  expect(late).toMatchObject(refusal('sold_out', { reason: 'HELD', heldUntil }));
  expect(late.body.alternatives.length).toBeGreaterThanOrEqual(3);
  const [{ roomType, checkIn, checkOut }] = late.body.alternatives;
  const instead = { room_type: roomType, check_in: checkIn, check_out: checkOut };
  expect((await book(instead, {}, single.hotel.slug)).status).toBe(201);
});

test('a body of another type is 415, one too large 413', async () => {
  const path = `/api/public/hotel/${desk.hotel.slug}/bookings`;
  const text = { body: 'a room', headers: { 'content-type': 'text/plain' } };
  expect(await t.call('POST', path, text)).toMatchObject(refusal('unsupported_media_type'));
  expect(await book({ special_requests: 'x'.repeat(300_000) })).toMatchObject(refusal('payload_too_large'));
});

test('the same request with the same key gets the first answer again; another with that key is 422', async () => {
  const key = { 'idempotency-key': 'hotelmate-----------' };
  const first = await book({}, key);
  const before = await countBookings();
  const again = await book({}, key);
  expect(again).toMatchObject({ status: 201, headers: { 'idempotent-replayed': 'true' } });
  expect(again.body).toEqual(first.body);
  expect(await book({ adults: 1 }, key)).toMatchObject(refusal('idempotency_key_reused'));
  expect(await countBookings()).toBe(before);
});

test('a dry run prices and answers what would happen, and writes nothing', async () => {
  const before = await dumpTables(t.database);
  expect(await book({}, { prefer: 'dry-run' })).toMatchObject({
    status: 200,
    headers: { 'preference-applied': 'dry-run' },
    body: { booking_id: 'DRY-RUN', guest_token: null, manage_url: null, pricing: { total: '100.00' } },
  });
  expect(await dumpTables(t.database)).toEqual(before);
});
