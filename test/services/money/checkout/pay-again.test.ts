import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { declineUndecided } from '../../../../src/services/desk/decision/decline-undecided.ts';
import { warnOfLapse } from '../../../../src/services/desk/decision/warn-of-lapse.ts';
import { expireHolds } from '../../../../src/services/selling/hold/expire-holds.ts';
import { authorize, HOUR_SECONDS, makeClocks } from '../../../support/money/authorization.ts';
import type { Authorized, Clocks } from '../../../support/money/authorization.ts';
import { stayBody } from '../../../support/hotel/build.ts';
import { findViolations } from '../../../support/database/invariants.ts';
import { recountNights } from '../../../support/race.ts';
import { startPayingApp } from '../../../support/sandbox/sandbox.ts';
import type { PaidHotel, PayingApp } from '../../../support/sandbox/sandbox.ts';

let t: PayingApp;
let hotel: PaidHotel;
let clocks: Clocks;

beforeAll(async () => {
  t = await startPayingApp();
  clocks = makeClocks(t);
});
afterEach(async () => {
  await t.control('DELETE', '/delivery');
  await clocks.later('0 minutes');
  await expireHolds(t.ctx);
  await t.settle();
  expect(await findViolations(t.ctx)).toEqual([]);
  expect(await recountNights(t.database, hotel.roomTypeId)).toEqual([]);
  // What one test leaves undecided is nothing to the next.
  const waiting = await t.call('GET', `${hotel.desk}?status=PENDING_APPROVAL`, { token: hotel.ownerToken });
  for (const { code } of waiting.body.items) await staff(code as string, 'decline', { reasonCode: 'END_OF_TEST' });
});
afterAll(() => t.close());

const short = { captureWindowSeconds: HOUR_SECONDS };
const staff = (code: string, action: string, body: object = {}) =>
  t.call('POST', `${hotel.desk}/${code}/${action}`, { token: hotel.ownerToken, body });
const openPage = (token: string) => t.call('POST', '/v1/guest/booking/payment-session', { token, body: {} });

/** A booking for the only room of a hotel, whose authorization has just lapsed. */
async function lapse(): Promise<Authorized> {
  hotel = await t.hotelOf('STAFF', 1);
  const booking = await authorize(t, hotel, short);
  await clocks.pass(HOUR_SECONDS + 1);
  await t.reachesAtDesk(hotel, booking.code, { status: 'PENDING_APPROVAL', paymentStage: 'LAPSED' });
  return booking;
}

async function payAgain({ guestToken }: Authorized): Promise<void> {
  const page = await openPage(guestToken);
  expect(page).toMatchObject({ status: 200, body: { stage: 'SESSION_CREATED' } });
  await t.payOn(page.body.url as string);
  await t.reaches(guestToken, { status: 'PENDING_APPROVAL', paymentStage: 'AUTHORIZED' });
}

test('a guest whose authorization lapsed sees how long the place is kept, pays again, and can be approved', async () => {
  const booking = await lapse();
  const { code, guestToken } = booking;
  const seen = await t.call('GET', '/v1/guest/booking', { token: guestToken });
  expect(seen.body).toMatchObject({ status: 'PENDING_APPROVAL', expiresAt: expect.any(String) });
  expect(seen.body.reservationSecondsLeft).toBeGreaterThan(590);
  expect(seen.body.reservationSecondsLeft).toBeLessThanOrEqual(600);
  expect((await t.call('POST', `${hotel.path}/bookings`, { body: stayBody() })).body.code).toBe('sold_out');
  expect((await openPage(guestToken)).body.expiresAt).toBe(seen.body.expiresAt);

  await payAgain(booking);
  const waiting = await t.call('GET', '/v1/guest/booking', { token: guestToken });
  expect(waiting.body).toMatchObject({ expiresAt: null, reservationSecondsLeft: null });
  await clocks.later('20 minutes');
  expect(await declineUndecided(t.ctx)).toEqual([]);
  expect(await staff(code, 'approve')).toMatchObject({
    status: 200,
    body: { status: 'CONFIRMED', paymentStage: 'CAPTURED', paidAmount: 10_000, balanceDue: 0 },
  });
  await t.reachesAtDesk(hotel, code, { payments: [{ stage: 'LAPSED' }, { stage: 'CAPTURED' }] });
});

test('approving before the guest has paid again is 409 authorization_lapsed, with or without an open page', async () => {
  const booking = await lapse();
  const lapsed = { status: 409, body: { code: 'authorization_lapsed' } };
  expect(await staff(booking.code, 'approve')).toMatchObject(lapsed);
  expect((await openPage(booking.guestToken)).status).toBe(200);
  expect(await staff(booking.code, 'approve')).toMatchObject(lapsed);
  expect(await findViolations(t.ctx)).toEqual([]);
  await payAgain(booking);
});

test('who does not pay again loses the place when the time of a hold is over', async () => {
  const { code, guestToken } = await lapse();
  await clocks.later('9 minutes 30 seconds');
  expect(await declineUndecided(t.ctx)).toEqual([]);
  await clocks.later('10 minutes 30 seconds');
  expect(await openPage(guestToken)).toMatchObject({ status: 410, body: { code: 'hold_expired' } });
  expect(await declineUndecided(t.ctx)).toEqual([code]);
  expect(await declineUndecided(t.ctx)).toEqual([]);
  const declined = await t.call('GET', `${hotel.desk}/${code}`, { token: hotel.ownerToken });
  expect(declined.body).toMatchObject({
    status: 'DECLINED',
    declineReasonCode: 'NOT_PAID_AGAIN',
    decisionBy: 'SYSTEM',
  });
  expect((await t.call('POST', `${hotel.path}/bookings`, { body: stayBody() })).status).toBe(201);
});

test('a page that is open at the deadline is closed with the booking, and nothing can be paid on it', async () => {
  const { code, guestToken } = await lapse();
  const page = await openPage(guestToken);
  await t.reachesAtDesk(hotel, code, { paymentStage: 'SESSION_CREATED' });
  await clocks.later('10 minutes 30 seconds');
  expect(await declineUndecided(t.ctx)).toEqual([code]);
  await clocks.later('11 minutes');
  await t.settle();
  await expect(t.payOn(page.body.url as string)).rejects.toThrow(/409/);
});

test('what was paid on the page in the last moment is let go, when the decline was first', async () => {
  const { code, guestToken } = await lapse();
  const page = await openPage(guestToken);
  await t.control('POST', '/delivery', { paused: true });
  await t.payOn(page.body.url as string);
  await clocks.later('10 minutes 30 seconds');
  expect(await declineUndecided(t.ctx)).toEqual([code]);
  await t.control('POST', '/delivery', { paused: false });
  await clocks.later('11 minutes');
  await t.reachesAtDesk(hotel, code, { status: 'DECLINED', payments: [{ stage: 'LAPSED' }, { stage: 'VOIDED' }] });
});

test('a page that nobody paid on before it closed leaves the place to be paid for until its deadline, and no longer', async () => {
  const { code, guestToken } = await lapse();
  expect((await openPage(guestToken)).status).toBe(200);
  await t.database.sql(`UPDATE bookings SET expires_at = app_now() + interval '40 minutes' WHERE code = $1`, [code]);
  await clocks.pass(36 * 60);
  await t.reachesAtDesk(hotel, code, { status: 'PENDING_APPROVAL', paymentStage: 'FAILED' });
  expect(await declineUndecided(t.ctx)).toEqual([]);
  expect((await openPage(guestToken)).status).toBe(200);
  await clocks.pass(5 * 60);
  expect(await declineUndecided(t.ctx)).toEqual([code]);
  await clocks.later('1 minute');
  await t.settle();
});

test('the second authorization is warned of and lapses as the first, and the place is kept once more', async () => {
  const booking = await lapse();
  await payAgain(booking);
  expect(await warnOfLapse(t.ctx)).toEqual([booking.code]);
  await clocks.pass(HOUR_SECONDS + 1);
  await t.reachesAtDesk(hotel, booking.code, { status: 'PENDING_APPROVAL', paymentStage: 'LAPSED' });
  expect(await declineUndecided(t.ctx)).toEqual([]);
  await payAgain(booking);
  expect(await staff(booking.code, 'approve')).toMatchObject({ status: 200, body: { status: 'CONFIRMED' } });
});

test('who pays by other means instead is not declined, and can be approved', async () => {
  const { code } = await lapse();
  expect(await staff(code, 'payments', { method: 'CASH', amount: 10_000 })).toMatchObject({ status: 200 });
  await clocks.later('10 minutes 30 seconds');
  expect(await declineUndecided(t.ctx)).toEqual([]);
  expect(await staff(code, 'approve')).toMatchObject({ status: 200, body: { status: 'CONFIRMED', balanceDue: 0 } });
});
