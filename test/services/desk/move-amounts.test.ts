import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { expireHolds } from '../../../src/services/selling/hold/expire-holds.ts';
import { addPromo, countUses } from '../../support/money/promo.ts';
import { findViolations } from '../../support/database/invariants.ts';
import { daysAhead, stayBody } from '../../support/hotel/build.ts';
import { startPayingApp } from '../../support/sandbox/sandbox.ts';
import type { PaidHotel, PayingApp } from '../../support/sandbox/sandbox.ts';

let t: PayingApp;
let hotel: PaidHotel;

beforeAll(async () => {
  t = await startPayingApp({ LOG_LEVEL: 'error' });
});
afterEach(async () => {
  await t.settle();
  expect(await findViolations(t.ctx)).toEqual([]);
});
afterAll(() => t.close());

const nights = (count: number, from = 60) => ({ checkIn: daysAhead(from), checkOut: daysAhead(from + count) });
const staff = (code: string, action: string, body: object) =>
  t.call('POST', `${hotel.desk}/${code}/${action}`, { token: hotel.ownerToken, body });
const history = async (code: string) =>
  (await t.call('GET', `${hotel.desk}/${code}/history`, { token: hotel.ownerToken })).body.items;
const guestMoves = (token: string, body: object, headers = {}) =>
  t.call('POST', '/v1/guest/booking/reschedule', { token, body, headers });
async function bookFree() {
  const body = { ...stayBody(nights(1)), payment: 'WAIVED' };
  const { code } = (await t.call('POST', hotel.desk, { token: hotel.ownerToken, body })).body.booking;
  const token = (await staff(code, 'guest-link', {})).body.guestToken as string;
  return { code: code as string, token };
}

test('a night that staff waived stays waived; the nights that the guest adds do not', async () => {
  hotel = await t.hotelOf('AUTOMATIC', 40);
  await t.database.sql(`UPDATE properties SET payment_policy = 'NONE' WHERE id = $1`, [hotel.propertyId]);
  const { code, token } = await bookFree();
  expect((await guestMoves(token, nights(30))).body).toMatchObject({ paidAmount: 0, balanceDue: 290_000 });
  expect((await t.call('GET', `${hotel.desk}/${code}`, { token: hotel.ownerToken })).body.waivedAmount).toBe(10_000);
});

test('staff who move a booking that is free keep it free, and the history says so', async () => {
  hotel = await t.hotelOf('AUTOMATIC', 40);
  const { code } = await bookFree();
  expect((await staff(code, 'reschedule', nights(3))).body).toMatchObject({ waivedAmount: 30_000, balanceDue: 0 });
  expect((await history(code)).at(-1)).toMatchObject({
    changes: { totalPayable: [10_000, 30_000], waivedAmount: [10_000, 30_000] },
  });
});

test('a promo with a minimum falls away with the nights that met it: first said, then done, and free for others', async () => {
  hotel = await t.hotelOf('AUTOMATIC', 40);
  await addPromo(t, hotel.propertyId, { type: 'FIXED', value: 10_000, maxUses: 1, minAmount: 70_000 });
  const { guestToken, url, code } = await t.bookAndOpen(hotel.path, stayBody({ ...nights(7), promoCode: 'TEN' }));
  await t.payOn(url);
  await t.reaches(guestToken, { status: 'CONFIRMED', paidAmount: 60_000 });
  const dry = await guestMoves(guestToken, nights(1), { prefer: 'dry-run' });
  expect(dry.body).toMatchObject({ promoCode: null, price: { promoDiscount: 0, totalPayable: 10_000 } });
  expect(await countUses(t, hotel.propertyId)).toEqual({ uses: 1, live: 1 });
  expect((await guestMoves(guestToken, nights(1))).body).toMatchObject({
    status: 'CONFIRMED',
    promoCode: null,
    price: { promoDiscount: 0, totalPayable: 10_000 },
  });
  expect(await history(code)).toContainEqual(
    expect.objectContaining({ changes: expect.objectContaining({ promoCode: ['TEN', null] }) }),
  );
  expect(await countUses(t, hotel.propertyId)).toEqual({ uses: 0, live: 0 });
  // Back to seven nights it is the full price: a dropped promo does not come back.
  await t.settle();
  expect((await staff(code, 'reschedule', nights(7))).body).toMatchObject({
    promoCode: null,
    price: { totalPayable: 70_000 },
  });
});

test('the minimum is the one of the sale, whatever staff make of the promo later', async () => {
  hotel = await t.hotelOf('AUTOMATIC', 40);
  await addPromo(t, hotel.propertyId, { type: 'FIXED', value: 1_000, minAmount: 20_000 });
  const { guestToken } = await t.bookAndOpen(hotel.path, stayBody({ ...nights(3), promoCode: 'TEN' }));
  await t.database.sql('UPDATE promos SET min_amount = 90000 WHERE property_id = $1', [hotel.propertyId]);
  expect((await guestMoves(guestToken, nights(2))).body).toMatchObject({
    promoCode: 'TEN',
    price: { promoDiscount: 1_000 },
  });
  expect((await guestMoves(guestToken, nights(1))).body).toMatchObject({
    promoCode: null,
    price: { promoDiscount: 0 },
  });
});

test('a hold whose promo fell away and that is paid too late does not take the promo again', async () => {
  hotel = await t.hotelOf('AUTOMATIC', 40);
  await addPromo(t, hotel.propertyId, { type: 'FIXED', value: 1_000, maxUses: 1, minAmount: 20_000 });
  const { guestToken } = await t.bookAndOpen(hotel.path, stayBody({ ...nights(3), promoCode: 'TEN' }));
  await guestMoves(guestToken, nights(1));
  const page = await t.call('POST', '/v1/guest/booking/payment-session', { token: guestToken, body: {} });
  await t.control('POST', '/delivery', { paused: true });
  await t.payOn(page.body.url as string);
  await t.database.travel('11 minutes');
  await expireHolds(t.ctx);
  await t.control('POST', '/delivery', { paused: false });
  await t.reaches(guestToken, { status: 'CONFIRMED', paidAmount: 10_000 });
  expect(await countUses(t, hotel.propertyId)).toEqual({ uses: 0, live: 0 });
  await t.database.travel('0');
});
