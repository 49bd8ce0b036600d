import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { declineUndecided } from '../../../src/services/desk/decision/decline-undecided.ts';
import { warnOfLapse } from '../../../src/services/desk/decision/warn-of-lapse.ts';
import { authorize, HOUR_SECONDS, intentOf, makeClocks } from '../../support/money/authorization.ts';
import type { Clocks } from '../../support/money/authorization.ts';
import { findViolations } from '../../support/database/invariants.ts';
import { recountNights } from '../../support/race.ts';
import { startPayingApp } from '../../support/sandbox/sandbox.ts';
import type { PaidHotel, PayingApp } from '../../support/sandbox/sandbox.ts';

let t: PayingApp;
let hotel: PaidHotel;
let clocks: Clocks;

beforeAll(async () => {
  t = await startPayingApp({ LOG_LEVEL: 'info' });
  hotel = await t.hotelOf('STAFF', 50);
  clocks = makeClocks(t);
});
afterEach(async () => {
  await t.control('DELETE', '/faults');
  await t.control('DELETE', '/delivery');
  await clocks.later('0 minutes');
  // What one test leaves undecided is nothing to the next.
  const waiting = await t.call('GET', `${hotel.desk}?status=PENDING_APPROVAL`, { token: hotel.ownerToken });
  for (const { code } of waiting.body.items) await staff(code as string, 'decline', { reasonCode: 'END_OF_TEST' });
  expect(await findViolations(t.ctx)).toEqual([]);
  expect(await recountNights(t.database, hotel.roomTypeId)).toEqual([]);
});
afterAll(() => t.close());

const staff = (code: string, action: string, body: object = {}) =>
  t.call('POST', `${hotel.desk}/${code}/${action}`, { token: hotel.ownerToken, body });

async function read(code: string) {
  return (await t.call('GET', `${hotel.desk}/${code}`, { token: hotel.ownerToken })).body;
}

async function warningsOf(code: string): Promise<unknown[]> {
  const rows = await t.database.sql<{ data: unknown }>(
    `SELECT o.data FROM outbox_messages o JOIN bookings b ON b.id = o.booking_id
     WHERE b.code = $1 AND o.type = 'authorization_expiring' ORDER BY o.id`,
    [code],
  );
  return rows.map(({ data }) => data);
}

test('staff are warned of an authorization a day before it lapses, once, in the feed and in the log', async () => {
  const { code } = await authorize(t, hotel);
  await clocks.later('5 days 23 hours 58 minutes');
  expect(await warnOfLapse(t.ctx)).toEqual([]);
  await clocks.later('6 days 1 minute');
  t.logged.length = 0;
  expect(await warnOfLapse(t.ctx)).toEqual([code]);
  expect(await warnOfLapse(t.ctx)).toEqual([]);
  await clocks.later('6 days 20 hours');
  expect(await warnOfLapse(t.ctx)).toEqual([]);
  expect(await warningsOf(code)).toEqual([{ bookingCode: code, status: 'PENDING_APPROVAL' }]);
  expect(t.logged.filter(({ event }) => event === 'booking/authorization-expiring')).toEqual([
    expect.objectContaining({ level: 40, code, captureBefore: expect.stringMatching(/^2\d{3}-.*Z$/) }),
  ]);
  const history = await t.call('GET', `${hotel.desk}/${code}/history`, { token: hotel.ownerToken });
  expect(history.body.items.at(-1)).toMatchObject({
    action: 'authorization-expiring',
    actor: { type: 'SYSTEM' },
    from: 'PENDING_APPROVAL',
    to: 'PENDING_APPROVAL',
  });
  expect(await staff(code, 'approve')).toMatchObject({ status: 200, body: { status: 'CONFIRMED' } });
});

test('another authorization of the same booking is warned of again', async () => {
  const { code } = await authorize(t, hotel);
  await clocks.later('6 days 1 minute');
  expect(await warnOfLapse(t.ctx)).toEqual([code]);
  await clocks.later('6 days 10 minutes');
  await t.database.sql(
    `UPDATE bookings SET payment_authorized_at = app_now(), capture_before = app_now() + interval '7 days' WHERE code = $1`,
    [code],
  );
  expect(await warnOfLapse(t.ctx)).toEqual([]);
  await clocks.later('12 days 11 minutes');
  expect(await warnOfLapse(t.ctx)).toEqual([code]);
  expect(await warnOfLapse(t.ctx)).toEqual([]);
  expect(await warningsOf(code)).toHaveLength(2);
});

test('nobody is warned of what is decided', async () => {
  const [approved, declined] = [await authorize(t, hotel), await authorize(t, hotel)];
  await staff(approved.code, 'approve');
  await staff(declined.code, 'decline', { reasonCode: 'NO_CAPACITY' });
  await clocks.later('6 days 12 hours');
  expect(await warnOfLapse(t.ctx)).toEqual([]);
});

test('what nobody decided on is declined an hour before it lapses, its night given back and its money let go', async () => {
  const booking = await authorize(t, hotel);
  const { code } = booking;
  await clocks.later('6 days 22 hours 58 minutes');
  expect(await declineUndecided(t.ctx)).toEqual([]);
  await clocks.later('6 days 23 hours 1 minute');
  t.logged.length = 0;
  expect(await declineUndecided(t.ctx)).toEqual([code]);
  expect(await declineUndecided(t.ctx)).toEqual([]);
  expect(await read(code)).toMatchObject({
    status: 'DECLINED',
    declineReasonCode: 'AUTHORIZATION_LAPSING',
    decisionBy: 'SYSTEM',
    balanceDue: 0,
  });
  expect(t.logged).toContainEqual(
    expect.objectContaining({ event: 'booking/decline', actor: 'SYSTEM', code, reasonCode: 'AUTHORIZATION_LAPSING' }),
  );
  // The void is the drain's, as soon as nobody else has it.
  await clocks.later('6 days 23 hours 2 minutes');
  await t.reachesAtDesk(hotel, code, { paymentStage: 'VOIDED', payments: [{ stage: 'VOIDED' }] });
  expect(await intentOf(t, booking)).toMatchObject({ status: 'canceled', cancellation_reason: null });
  expect(await staff(code, 'approve')).toMatchObject({ status: 409, body: { code: 'invalid_transition' } });
});

test('of an authorization that lasts an hour, staff have three quarters to decide', async () => {
  const { code } = await authorize(t, hotel, { captureWindowSeconds: HOUR_SECONDS });
  expect(await declineUndecided(t.ctx)).toEqual([]);
  // There is no day left to warn before.
  expect(await warnOfLapse(t.ctx)).toEqual([code]);
  await clocks.later('44 minutes');
  expect(await declineUndecided(t.ctx)).toEqual([]);
  await clocks.later('46 minutes');
  expect(await declineUndecided(t.ctx)).toEqual([code]);
});

test('an authorization that is known only when it has lapsed already is declined at once, and nobody is warned', async () => {
  const { code } = await authorize(t, hotel);
  await t.database.sql(`UPDATE bookings SET capture_before = app_now() - interval '1 hour' WHERE code = $1`, [code]);
  expect(await warnOfLapse(t.ctx)).toEqual([]);
  expect(await declineUndecided(t.ctx)).toEqual([code]);
});

test('money that is held without an end is let go at the start of the booking', async () => {
  const { code } = await authorize(t, hotel);
  await t.database.sql('UPDATE bookings SET capture_before = NULL WHERE code = $1', [code]);
  await clocks.later('29 days');
  expect(await declineUndecided(t.ctx)).toEqual([]);
  await clocks.later('31 days');
  expect(await declineUndecided(t.ctx)).toEqual([code]);
  expect(await read(code)).toMatchObject({ status: 'DECLINED', declineReasonCode: 'NOT_DECIDED_IN_TIME' });
  await clocks.later('31 days 1 minute');
  await t.reachesAtDesk(hotel, code, { paymentStage: 'VOIDED' });
});

test('a booking whose capture is under way is not declined, however late it is', async () => {
  const { code } = await authorize(t, hotel);
  await t.control('POST', '/faults', { method: 'POST', path: '/capture$', kind: 'error_before', times: 100 });
  await clocks.later('6 days 23 hours');
  expect((await staff(code, 'approve')).status).toBe(202);
  await clocks.later('6 days 23 hours 5 minutes');
  expect(await declineUndecided(t.ctx)).toEqual([]);
  await t.control('DELETE', '/faults');
  await t.reachesAtDesk(hotel, code, { status: 'CONFIRMED', paymentStage: 'CAPTURED' });
});

test('a booking that can not be declined keeps no other waiting', async () => {
  const [stuck, other] = [await authorize(t, hotel), await authorize(t, hotel)];
  await t.database.sql(
    `ALTER TABLE bookings ADD CONSTRAINT nobody CHECK (code <> '${stuck.code}' OR status <> 'DECLINED') NOT VALID`,
  );
  await clocks.later('6 days 23 hours 30 minutes');
  expect(await declineUndecided(t.ctx)).toEqual([other.code]);
  await t.database.sql('ALTER TABLE bookings DROP CONSTRAINT nobody');
  expect(await declineUndecided(t.ctx)).toEqual([stuck.code]);
});

test('approving what the gateway says has lapsed is 409 authorization_lapsed', async () => {
  const booking = await authorize(t, hotel, { captureWindowSeconds: HOUR_SECONDS });
  await clocks.pass(HOUR_SECONDS + 1);
  await t.reachesAtDesk(hotel, booking.code, { status: 'PENDING_APPROVAL', paymentStage: 'LAPSED' });
  expect(await intentOf(t, booking)).toMatchObject({ status: 'canceled', cancellation_reason: 'automatic' });
  expect(await staff(booking.code, 'approve')).toMatchObject({ status: 409, body: { code: 'authorization_lapsed' } });
});

test('approving what has lapsed before the gateway told us is 409 authorization_lapsed too', async () => {
  const { code } = await authorize(t, hotel, { captureWindowSeconds: HOUR_SECONDS });
  await t.control('POST', '/delivery', { paused: true });
  await clocks.pass(HOUR_SECONDS + 1);
  expect(await staff(code, 'approve')).toMatchObject({ status: 409, body: { code: 'authorization_lapsed' } });
  expect(await read(code)).toMatchObject({ status: 'PENDING_APPROVAL', paymentStage: 'LAPSED' });
});

test('what has lapsed while we were away is declined as lapsed, and voiding what is gone settles', async () => {
  const { code } = await authorize(t, hotel, { captureWindowSeconds: HOUR_SECONDS });
  await t.control('POST', '/delivery', { paused: true });
  await clocks.pass(HOUR_SECONDS + 1);
  expect(await declineUndecided(t.ctx)).toEqual([code]);
  await clocks.later('1 minute');
  await t.reachesAtDesk(hotel, code, { status: 'DECLINED', paymentStage: 'VOIDED' });
  await t.control('POST', '/delivery', { paused: false });
  await t.settle();
  expect(await read(code)).toMatchObject({ status: 'DECLINED', paymentStage: 'VOIDED', paidAmount: 0 });
});
