import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { endHeldMoves } from '../../../src/services/desk/reschedule/held/end-held-moves.ts';
import { addPromo, countUses, findMisusedPromos } from '../../support/money/promo.ts';
import { findViolations } from '../../support/database/invariants.ts';
import { daysAhead, stayBody } from '../../support/hotel/build.ts';
import { startPayingApp } from '../../support/sandbox/sandbox.ts';
import type { PaidHotel, PayingApp } from '../../support/sandbox/sandbox.ts';

// One night of 100.00 a month from now, paid by card, at a hotel that wants everything beforehand.

let t: PayingApp;
let hotel: PaidHotel;

beforeAll(async () => {
  t = await startPayingApp({ LOG_LEVEL: 'error' });
});
afterEach(async () => {
  await t.control('POST', '/delivery', { paused: false });
  await t.settle();
  await endHeldMoves(t.ctx);
  await t.settle();
  expect(await findMisusedPromos(t)).toEqual([]);
  expect(await findViolations(t.ctx)).toEqual([]);
  await t.database.travel('0');
});
afterAll(() => t.close());

const nights = (count: number, from = 60) => ({ checkIn: daysAhead(from), checkOut: daysAhead(from + count) });
const old = nights(1, 30);
const moves = (token: string, body: object, headers = {}) =>
  t.call('POST', '/v1/guest/booking/reschedule', { token, body, headers });
const openPage = async (token: string) =>
  (await t.call('POST', '/v1/guest/booking/payment-session', { token, body: {} })).body.url as string;
const atDesk = (code: string, action: string, body: object) =>
  t.call('POST', `${hotel.desk}/${code}/${action}`, { token: hotel.ownerToken, body });
const see = async (token: string) => (await t.call('GET', '/v1/guest/booking', { token })).body;
/** Rooms taken on a night, so many days from now. */
async function taken(days: number): Promise<number> {
  const [night] = await t.database.sql<{ reserved: number }>(
    'SELECT reserved FROM inventory_nights WHERE room_type_id = $1 AND night = $2::date',
    [hotel.roomTypeId, daysAhead(days)],
  );
  return Number(night?.reserved);
}
async function bookAndPay(more: object = {}) {
  hotel = await t.hotelOf('AUTOMATIC', 1);
  const { url, guestToken, code } = await t.bookAndOpen(hotel.path, stayBody({ ...old, ...more }));
  await t.payOn(url);
  await t.reaches(guestToken, { status: 'CONFIRMED' });
  return { guestToken, code };
}
const held = { status: 200, body: { status: 'CONFIRMED', paidAmount: 10_000, balanceDue: 20_000 } };

test('a dearer move has its new nights at once, keeps the old, and is final once it is paid', async () => {
  const { guestToken } = await bookAndPay();
  const moved = await moves(guestToken, nights(3));
  expect(moved).toMatchObject(held);
  expect(moved.body.moveExpiresAt).not.toBeNull();
  expect([await taken(30), await taken(60), await taken(62)]).toEqual([1, 1, 1]);
  await t.payOn(await openPage(guestToken));
  await t.reaches(guestToken, { paidAmount: 30_000, balanceDue: 0 });
  expect(await endHeldMoves(t.ctx)).toEqual([]);
  expect(await see(guestToken)).toMatchObject({ moveExpiresAt: null, stay: nights(3) });
  expect([await taken(30), await taken(60), await taken(62)]).toEqual([0, 1, 1]);
});

test('unpaid, it falls back to what it was: nights, price, deposit', async () => {
  const { guestToken, code } = await bookAndPay();
  const before = await see(guestToken);
  await moves(guestToken, nights(3));
  const page = await openPage(guestToken);
  await t.database.travel('9 minutes');
  expect(await endHeldMoves(t.ctx)).toEqual([]);
  await t.database.travel('11 minutes');
  expect(await endHeldMoves(t.ctx)).toEqual([code]);
  const after = await see(guestToken);
  for (const name of ['status', 'stay', 'price', 'startsAt', 'endsAt', 'paidAmount', 'balanceDue', 'moveExpiresAt']) {
    expect(after[name], name).toEqual(before[name]);
  }
  expect([await taken(30), await taken(60), await taken(62)]).toEqual([1, 0, 0]);
  // The page asks for a rise that is no more.
  await t.settle();
  await expect(t.payOn(page)).rejects.toThrow();
});

test('a longer stay keeps the nights it has in common, also in the last room', async () => {
  const { guestToken, code } = await bookAndPay();
  expect((await moves(guestToken, nights(3, 29))).status).toBe(200);
  expect([await taken(29), await taken(30), await taken(31)]).toEqual([1, 1, 1]);
  await t.database.travel('11 minutes');
  expect(await endHeldMoves(t.ctx)).toEqual([code]);
  expect([await taken(29), await taken(30), await taken(31)]).toEqual([0, 1, 0]);
});

test('while it waits the guest moves no further; staff may, and nothing falls back then', async () => {
  const { guestToken, code } = await bookAndPay();
  await moves(guestToken, nights(3));
  expect(await moves(guestToken, nights(1, 70))).toMatchObject({ status: 409, body: { code: 'payment_in_progress' } });
  expect((await atDesk(code, 'reschedule', nights(2, 80))).body).toMatchObject({
    balanceDue: 10_000,
    moveExpiresAt: null,
  });
  await t.database.travel('11 minutes');
  expect(await endHeldMoves(t.ctx)).toEqual([]);
  expect([await taken(30), await taken(60), await taken(80)]).toEqual([0, 0, 1]);
});

test('cancelled while it waits, no night stays behind', async () => {
  const { guestToken } = await bookAndPay();
  await moves(guestToken, nights(3));
  expect((await t.call('POST', '/v1/guest/booking/cancel', { token: guestToken, body: {} })).status).toBe(200);
  await endHeldMoves(t.ctx);
  expect([await taken(30), await taken(60)]).toEqual([0, 0]);
});

test('cash for the rise makes it final', async () => {
  const { guestToken, code } = await bookAndPay();
  await moves(guestToken, nights(3));
  expect((await atDesk(code, 'payments', { method: 'CASH', amount: 20_000 })).status).toBe(200);
  await t.database.travel('11 minutes');
  expect(await endHeldMoves(t.ctx)).toEqual([]);
  expect(await see(guestToken)).toMatchObject({ moveExpiresAt: null, stay: nights(3), balanceDue: 0 });
});

test('a card that was authorized before the fall-back and is heard of after it, is let go', async () => {
  const { guestToken, code } = await bookAndPay();
  await moves(guestToken, nights(3));
  const page = await openPage(guestToken);
  await t.control('POST', '/delivery', { paused: true });
  await t.payOn(page);
  await t.database.travel('11 minutes');
  expect(await endHeldMoves(t.ctx)).toEqual([code]);
  await t.control('POST', '/delivery', { paused: false });
  await t.reachesAtDesk(hotel, code, { payments: [{ stage: 'CAPTURED' }, { stage: 'VOIDED' }] });
  expect(await see(guestToken)).toMatchObject({ status: 'CONFIRMED', paidAmount: 10_000, balanceDue: 0, stay: old });
});

test('a promo whose minimum the dearer nights miss is dropped only once they are paid', async () => {
  hotel = await t.hotelOf('AUTOMATIC', 1);
  await addPromo(t, hotel.propertyId, { type: 'FIXED', value: 9_000, minAmount: 10_000 });
  const { url, guestToken, code } = await t.bookAndOpen(hotel.path, stayBody({ ...old, promoCode: 'TEN' }));
  await t.payOn(url);
  await t.reaches(guestToken, { status: 'CONFIRMED', paidAmount: 1_000 });
  await t.database.sql('UPDATE inventory_nights SET price = 9000 WHERE room_type_id = $1 AND night = $2::date', [
    hotel.roomTypeId,
    daysAhead(60),
  ]);
  expect((await moves(guestToken, nights(1))).body).toMatchObject({ balanceDue: 8_000, price: { promoDiscount: 0 } });
  await t.database.travel('11 minutes');
  expect(await endHeldMoves(t.ctx)).toEqual([code]);
  expect(await see(guestToken)).toMatchObject({ promoCode: 'TEN', balanceDue: 0, price: { promoDiscount: 9_000 } });
  expect(await countUses(t, hotel.propertyId)).toEqual({ uses: 1, live: 1 });
});

test('a dry run and a cheaper move hold nothing', async () => {
  const { guestToken } = await bookAndPay();
  const dry = await moves(guestToken, nights(3), { prefer: 'dry-run' });
  expect(dry.body.moveExpiresAt).not.toBeNull();
  expect(await see(guestToken)).toMatchObject({ moveExpiresAt: null, stay: old });
  expect((await moves(guestToken, nights(1))).body).toMatchObject({ moveExpiresAt: null, balanceDue: 0 });
});
