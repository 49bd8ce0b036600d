import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { expireHolds } from '../../../../src/services/selling/hold/expire-holds.ts';
import { stayBody } from '../../../support/hotel/build.ts';
import { findViolations } from '../../../support/database/invariants.ts';
import { addPromo, countUses, findMisusedPromos } from '../../../support/money/promo.ts';
import { startPayingApp } from '../../../support/sandbox/sandbox.ts';
import type { PaidHotel, PayingApp } from '../../../support/sandbox/sandbox.ts';

let t: PayingApp;

beforeAll(async () => {
  t = await startPayingApp({ LOG_LEVEL: 'error' });
});
afterEach(async () => {
  await t.control('POST', '/delivery', { paused: false });
  await t.control('DELETE', '/faults');
  await t.database.travel('0');
  expect(await findMisusedPromos(t)).toEqual([]);
  expect(await findViolations(t.ctx)).toEqual([]);
});
afterAll(() => t.close());

async function hotelWithPromo(approval: 'STAFF' | 'AUTOMATIC', maxUses = 1): Promise<PaidHotel> {
  const hotel = await t.hotelOf(approval);
  await addPromo(t, hotel.propertyId, { maxUses });
  return hotel;
}
const withPromo = () => stayBody({ promoCode: 'TEN' });

/** A hold that was paid for in time and whose payment is heard of only after its end. */
async function payTooLate(hotel: PaidHotel): Promise<{ code: string; guestToken: string }> {
  const { url, guestToken, code } = await t.bookAndOpen(hotel.path, withPromo());
  await t.control('POST', '/delivery', { paused: true });
  await t.payOn(url);
  await t.database.travel('11 minutes');
  await expireHolds(t.ctx);
  expect(await countUses(t, hotel.propertyId)).toEqual({ uses: 0, live: 0 });
  return { code, guestToken };
}

test('what is paid is the price less the promo, and the use stays with the booking', async () => {
  const hotel = await hotelWithPromo('AUTOMATIC');
  const { url, guestToken } = await t.bookAndOpen(hotel.path, withPromo());
  await t.payOn(url);
  await t.reaches(guestToken, { status: 'CONFIRMED', paidAmount: 9_000, balanceDue: 0, promoCode: 'TEN' });
  expect(await countUses(t, hotel.propertyId)).toEqual({ uses: 1, live: 1 });
});

test.each(['AUTOMATIC', 'STAFF'] as const)(
  'where approval is %s, a payment that comes after the hold has ended takes the promo again',
  async (approval) => {
    const hotel = await hotelWithPromo(approval);
    const { guestToken } = await payTooLate(hotel);
    await t.control('POST', '/delivery', { paused: false });
    await t.reaches(guestToken, { status: approval === 'STAFF' ? 'PENDING_APPROVAL' : 'CONFIRMED', promoCode: 'TEN' });
    expect(await countUses(t, hotel.propertyId)).toEqual({ uses: 1, live: 1 });
  },
);

test('a payment that comes when another has used the promo is given back: the guest keeps the money, the other the promo', async () => {
  const hotel = await hotelWithPromo('AUTOMATIC');
  const { code, guestToken } = await payTooLate(hotel);
  const other = await t.call('POST', `${hotel.path}/bookings`, { body: withPromo() });
  expect(other.status).toBe(201);
  await t.control('POST', '/delivery', { paused: false });
  await t.reachesWebhooks(code, 1);
  await t.settle();
  await t.reaches(guestToken, { status: 'EXPIRED', paidAmount: 0 });
  await t.reachesAtDesk(hotel, code, { payments: [{ stage: 'VOIDED' }] });
  expect(await countUses(t, hotel.propertyId)).toEqual({ uses: 1, live: 1 });
  const { booking } = other.body;
  const seen = await t.call('GET', `${hotel.desk}/${booking.code as string}`, { token: hotel.ownerToken });
  expect(seen.body).toMatchObject({ status: 'PENDING_PAYMENT', promoCode: 'TEN' });
});

test('a hold that comes back keeps the promo that was switched off meanwhile', async () => {
  const hotel = await hotelWithPromo('AUTOMATIC');
  const { guestToken } = await payTooLate(hotel);
  await t.ctx.db.promo.updateMany({ where: { propertyId: hotel.propertyId }, data: { isActive: false } });
  await t.control('POST', '/delivery', { paused: false });
  await t.reaches(guestToken, { status: 'CONFIRMED', price: { promoDiscount: 1_000 } });
});

test('a hold that is moved pays the new price less the promo', async () => {
  const hotel = await hotelWithPromo('AUTOMATIC');
  const { guestToken } = await t.bookAndOpen(hotel.path, withPromo());
  const { checkIn } = stayBody();
  const checkOut = new Date(Date.parse(String(checkIn)) + 2 * 86_400_000).toISOString().slice(0, 10);
  const moved = await t.call('POST', '/v1/guest/booking/reschedule', {
    token: guestToken,
    body: { checkIn, checkOut },
  });
  expect(moved).toMatchObject({ status: 200, body: { price: { promoDiscount: 2_000, depositDue: 18_000 } } });
  const session = await t.call('POST', '/v1/guest/booking/payment-session', { token: guestToken, body: {} });
  await t.payOn(session.body.url as string);
  await t.reaches(guestToken, { status: 'CONFIRMED', paidAmount: 18_000, balanceDue: 0 });
});
