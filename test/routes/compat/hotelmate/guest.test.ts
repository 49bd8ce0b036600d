import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startTestApp } from '../../../support/server/app.ts';
import type { CallOptions, TestApp } from '../../../support/server/app.ts';
import { stayBody } from '../../../support/hotel/build.ts';
import { openDesk } from '../../../support/hotel/desk.ts';
import type { Desk } from '../../../support/hotel/desk.ts';
import { invalid, refusal } from '../../../support/http/problems.ts';
import { startPayingApp } from '../../../support/sandbox/sandbox.ts';

let t: TestApp;
let desk: Desk;

beforeAll(async () => {
  t = await startTestApp();
  desk = await openDesk(t, { rooms: 30 });
});
afterEach(() => t.database.travel('0 minutes'));
afterAll(() => t.close());

const pathOf = (name: string, slug = desk.hotel.slug) => `/api/public/hotel/${slug}/room-bookings/${name}`;
const look = (name: string, token?: string, slug = desk.hotel.slug) =>
  t.call('GET', `${pathOf(name, slug)}/`, { ...(token && { token }) });
const pay = (name: string, options: CallOptions) => t.call('POST', `${pathOf(name)}/payment/session/`, options);
const idOf = async (code: string) => (await t.ctx.db.booking.findUniqueOrThrow({ where: { code } })).id;
const setBooking = (code: string, change: string) =>
  t.database.sql(`UPDATE bookings SET ${change} WHERE code = $1`, [code]);

test('a guest reads the booking by its code, by its UUID, and with or without a slash', async () => {
  const { code, guestToken, booking } = await desk.book();
  const id = await idOf(code);
  const { status, body } = await look(code, guestToken);
  expect(status).toBe(200);
  expect(body).toEqual({
    booking_id: code,
    status: 'PENDING_PAYMENT',
    version: 1,
    source: 'WEBSITE',
    hotel_info: { slug: desk.hotel.slug, name: 'Test hotel', timezone: 'Europe/Dublin', phone: null },
    room_info: { room_type_code: 'ROOM', room_type_name: 'Room', assigned_room_number: null },
    dates_info: { check_in: booking.stay.checkIn, check_out: booking.stay.checkOut, nights: 1 },
    guest_info: {
      first_name: 'Aoife',
      last_name: 'Byrne',
      email: 'aoife@example.com',
      phone: '+35315550100',
      adults: 2,
      children: 0,
      total_guests: 2,
    },
    party: [expect.objectContaining({ role: 'PRIMARY', first_name: 'Aoife', is_staying: true })],
    booker: null,
    special_requests: null,
    pricing: expect.objectContaining({ total: '100.00', currency: 'EUR' }),
    payment: {
      required: true,
      stage: 'NONE',
      paid_amount: '0.00',
      balance_due: '100.00',
      expires_at: booking.expiresAt,
      seconds_left: expect.any(Number),
    },
    created_at: booking.createdAt,
    updated_at: booking.updatedAt,
  });
  for (const name of [id, id.toUpperCase()]) {
    expect((await look(name, guestToken)).body).toMatchObject({ booking_id: code });
  }
  expect((await t.call('GET', pathOf(code), { token: guestToken })).status).toBe(200);
});

test('a token opens its own booking and no other, at its own hotel and no other', async () => {
  const [mine, yours] = [await desk.book(), await desk.book()];
  const elsewhere = await openDesk(t);
  const theirs = await elsewhere.book();
  const names = [yours.code, await idOf(yours.code), theirs.code, 'BK-2020-0001', crypto.randomUUID()];
  for (const name of names) {
    expect(await look(name, mine.guestToken)).toMatchObject(refusal('not_found'));
    expect(await pay(name, { token: mine.guestToken })).toMatchObject(refusal('not_found'));
  }
  expect(await look(mine.code, mine.guestToken, elsewhere.hotel.slug)).toMatchObject(refusal('not_found'));
});

test('without a guest’s token it is 401; with one that may not, 403', async () => {
  const { code, guestToken } = await desk.book();
  for (const token of [undefined, 'A'.repeat(43), desk.token]) {
    expect(await look(code, token)).toMatchObject(refusal('unauthorized'));
    expect(await pay(code, { ...(token && { token }) })).toMatchObject(refusal('unauthorized'));
  }
  await t.database.sql(`UPDATE guest_tokens SET capabilities = '{VIEW}' WHERE booking_id = $1`, [await idOf(code)]);
  expect((await look(code, guestToken)).status).toBe(200);
  expect(await pay(code, { token: guestToken })).toMatchObject(refusal('forbidden'));
});

test('what is neither a code nor a UUID is 400', async () => {
  const { guestToken } = await desk.book();
  for (const name of ['42', 'BK-1', 'x'.repeat(60)])
    expect(await look(name, guestToken)).toMatchObject(invalid('code'));
});

test('a payment page is refused as on the canonical path', async () => {
  const { code, guestToken: token } = await desk.book();
  expect(await pay(code, { token, body: { amount: 1 } })).toMatchObject(invalid('amount'));
  // No sandbox runs here, so nobody answers.
  expect(await pay(code, { token })).toMatchObject(refusal('gateway_unavailable'));
  await setBooking(code, `payment_stage = 'AUTHORIZED'`);
  expect(await pay(code, { token })).toMatchObject(refusal('payment_in_progress'));
  await setBooking(code, `payment_stage = 'NONE'`);
  await t.database.travel('11 minutes');
  expect(await pay(code, { token })).toMatchObject(refusal('hold_expired'));
  const other = await desk.book();
  await desk.act(other.code, 'payments', { method: 'CASH', amount: 10_000 });
  expect(await pay(other.code, { token: other.guestToken })).toMatchObject(refusal('already_paid'));
  await desk.act(other.code, 'cancel');
  expect(await pay(other.code, { token: other.guestToken })).toMatchObject(refusal('invalid_transition'));
});

test('a dry run of a payment page opens none', async () => {
  const { code, guestToken: token } = await desk.book();
  expect(await pay(code, { token, headers: { prefer: 'dry-run' } })).toMatchObject({
    status: 200,
    headers: { 'preference-applied': 'dry-run' },
    body: { booking_id: code, payment_url: null, payment: { stage: 'NONE', expires_at: null } },
  });
});

test('the page is the one that the canonical path answers, and a repeat gets the first answer by either name', async () => {
  const paying = await startPayingApp();
  const hotel = await paying.hotelOf('AUTOMATIC');
  const { code, guestToken: token, url, created } = await paying.bookAndOpen(hotel.path, stayBody());
  const path = `${pathOf(code, hotel.slug)}/payment/session/`;
  const call = { token, headers: { 'idempotency-key': 'page' } };
  const first = await paying.call('POST', path, call);
  expect(first.status).toBe(200);
  const payment = { stage: 'SESSION_CREATED', expires_at: created.body.booking.expiresAt };
  expect(first.body).toEqual({ booking_id: code, payment_url: url, payment });
  const { id } = await paying.ctx.db.booking.findUniqueOrThrow({ where: { code } });
  const again = await paying.call('POST', path.replace(code, id), call);
  expect(again.headers['idempotent-replayed']).toBe('true');
  expect(again.body).toEqual(first.body);
  await paying.close();
});
