import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildHotel, daysAhead, stayBody } from '../../support/hotel/build.ts';
import { hire } from '../../support/hotel/desk.ts';
import { findViolations } from '../../support/database/invariants.ts';
import { startPayingApp } from '../../support/sandbox/sandbox.ts';
import type { PayingApp } from '../../support/sandbox/sandbox.ts';

let t: PayingApp;

beforeAll(async () => {
  t = await startPayingApp();
});
afterAll(async () => {
  expect(await findViolations(t.ctx)).toEqual([]);
  await t.close();
});

const FREE_UNTIL_A_MONTH_BEFORE = { tiers: [{ hoursBefore: 30 * 24, refundPercent: 100 }] };
const NOTHING_COMES_BACK = { tiers: [{ hoursBefore: 0, refundPercent: 0 }] };
const refused = { status: 409, body: { code: 'change_not_allowed' } };

/** A stay of five nights, paid by card, and what its guest can ask for. */
async function prepaid(cancellationPolicy: object, daysBefore: number) {
  const hotel = await buildHotel(t.ctx, { property: { cancellationPolicy } });
  const cheap = [hotel.roomTypeId, daysAhead(80)];
  await t.database.sql('UPDATE inventory_nights SET price = 100 WHERE room_type_id = $1 AND night = $2::date', cheap);
  const nights = { checkIn: daysAhead(daysBefore), checkOut: daysAhead(daysBefore + 5) };
  const { url, guestToken, code } = await t.bookAndOpen(hotel.path, stayBody(nights));
  await t.payOn(url);
  await t.reaches(guestToken, { status: 'CONFIRMED' });
  const ask = async (method: 'GET' | 'POST', path: string, body?: object) => {
    const answer = await t.call(method, `/v1/guest/booking${path}`, { token: guestToken, ...(body && { body }) });
    await t.settle();
    return answer;
  };
  const token = await hire(t, hotel.propertyId, 'OWNER');
  const move = (first: number, nightCount = 5) =>
    ask('POST', '/reschedule', { checkIn: daysAhead(first), checkOut: daysAhead(first + nightCount) });
  const staffMove = (first: number) =>
    t.call('POST', `/v1/staff/properties/${hotel.slug}/bookings/${code}/reschedule`, {
      token,
      body: { checkIn: daysAhead(first), checkOut: daysAhead(first + 5) },
    });
  return { ask, move, staffMove };
}

test('a guest who would get nothing back does not move first and cancel then; staff may move them', async () => {
  const { ask, move, staffMove } = await prepaid(FREE_UNTIL_A_MONTH_BEFORE, 10);
  expect((await ask('GET', '/cancellation-quote')).body).toMatchObject({ refundAmount: 0, fee: 50_000 });
  expect(await move(90)).toMatchObject(refused);
  expect((await ask('GET', '')).body).toMatchObject({
    status: 'CONFIRMED',
    paidAmount: 50_000,
    startsAt: expect.stringContaining(daysAhead(10)),
  });
  expect((await staffMove(20)).status).toBe(200);
});

test('who could still cancel for nothing moves as they like, and gets back what the new nights cost less', async () => {
  const { ask, move } = await prepaid(FREE_UNTIL_A_MONTH_BEFORE, 60);
  expect((await move(80, 1)).status).toBe(200);
  expect((await ask('GET', '')).body).toMatchObject({ status: 'CONFIRMED', paidAmount: 100 });
});

test('what never comes back does not come back by a move either, but a move that costs no less is free', async () => {
  const { ask, move } = await prepaid(NOTHING_COMES_BACK, 60);
  expect(await move(80, 1)).toMatchObject(refused);
  expect(await move(60, 4)).toMatchObject(refused);
  expect((await move(70)).status).toBe(200);
  expect((await ask('GET', '')).body).toMatchObject({ status: 'CONFIRMED', paidAmount: 50_000 });
});

test('before it was paid, nothing was agreed: a hold moves within the time in which it could not be cancelled for nothing', async () => {
  const hotel = await buildHotel(t.ctx, { property: { cancellationPolicy: NOTHING_COMES_BACK } });
  const { guestToken } = await t.bookAndOpen(hotel.path, stayBody());
  const to = { checkIn: daysAhead(40), checkOut: daysAhead(41) };
  const moved = await t.call('POST', '/v1/guest/booking/reschedule', { token: guestToken, body: to });
  expect(moved).toMatchObject({ status: 200, body: { status: 'PENDING_PAYMENT' } });
});
