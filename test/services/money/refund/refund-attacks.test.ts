import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { findIntent, openBank } from '../../../support/money/bank.ts';
import type { Bank } from '../../../support/money/bank.ts';
import { daysAhead, stayBody } from '../../../support/hotel/build.ts';
import { makeGuestMoney } from '../../../support/money/guest-money.ts';
import type { GuestMoney } from '../../../support/money/guest-money.ts';
import { findViolations } from '../../../support/database/invariants.ts';
import { startPayingApp } from '../../../support/sandbox/sandbox.ts';
import type { PayingApp } from '../../../support/sandbox/sandbox.ts';

// Refunds that meet each other, the bank, the dashboard and the end of the booking.

let t: PayingApp;
let money: GuestMoney;
let bank: Bank;

beforeAll(async () => {
  t = await startPayingApp({ LOG_LEVEL: 'error' });
  money = makeGuestMoney(t);
  bank = await openBank(t);
});
afterEach(async () => {
  await bank.rest();
  await bank.expectSameAccount();
});
afterAll(() => t.close());

const setPolicy = (code: string, policy: object) =>
  t.database.sql('UPDATE bookings SET cancellation_policy = $2 WHERE code = $1', [code, JSON.stringify(policy)]);
/** The gateway fails at refunds, or refuses them, until it is told otherwise. */
const failRefunds = (status: number) =>
  t.control('POST', '/faults', { method: 'POST', path: '/refunds$', kind: 'error_before', status, times: 50 });
const refundInDashboard = async (intentId: string, amount: number): Promise<string> =>
  (await t.control('POST', '/refunds', { payment_intent: intentId, amount })).id;
const HALF = { tiers: [{ hoursBefore: 1, refundPercent: 50 }] };

/** A deposit of 30.00 by card, and 70.00 in cash. */
async function payDepositAndCash(): Promise<{ code: string; mixed: Bank }> {
  const mixed = await openBank(t);
  await money.askForDeposit(mixed);
  const { code, guestToken, url } = await t.bookAndOpen(mixed.hotel.path, stayBody());
  await t.payOn(url);
  await t.reaches(guestToken, { status: 'CONFIRMED', paidAmount: 3_000 });
  expect((await mixed.act(code, 'payments', { method: 'CASH', amount: 7_000 })).status).toBe(200);
  return { code, mixed };
}

test('a fee is no more than the price, though more was won back from the bank', async () => {
  const stay = stayBody({ checkIn: daysAhead(20), checkOut: daysAhead(22) });
  const { code, guestToken, url } = await t.bookAndOpen(bank.hotel.path, stay);
  await t.payOn(url);
  await t.reaches(guestToken, { status: 'CONFIRMED' });
  await setPolicy(code, { tiers: [{ hoursBefore: 9_000, refundPercent: 100 }] });
  const disputeId = await bank.dispute((await findIntent(t, code)).chargeId);
  await t.reachesAtDesk(bank.hotel, code, { disputes: [{ status: 'OPEN' }] });
  const moved = await bank.act(code, 'reschedule', { checkIn: daysAhead(20), checkOut: daysAhead(21) });
  expect(moved.status).toBe(200);
  await bank.close(disputeId, 'won');
  await t.reachesAtDesk(bank.hotel, code, { disputes: [{ status: 'WON' }] });
  expect(await bank.act(code, 'cancel', {})).toMatchObject({
    status: 200,
    body: { status: 'CANCELLED', paidAmount: 10_000, feeAmount: 10_000 },
  });
});

test('what the policy gives back of a no-show is not owed', async () => {
  const { code } = await bank.bookAndPay();
  await setPolicy(code, { tiers: [], noShowFeePercent: 80 });
  await t.database.travel('31 days');
  const marked = await bank.act(code, 'no-show', {});
  expect(marked.body).toMatchObject({ status: 'NO_SHOW', paidAmount: 8_000, feeAmount: 8_000, balanceDue: 0 });
  // Nothing more is owed, so there is nothing to waive.
  expect(marked.body).toMatchObject({ waivedAmount: 0 });
  expect((await bank.refund(code, 3_000)).status).toBe(200);
  await t.reachesAtDesk(bank.hotel, code, { paidAmount: 5_000, feeAmount: 5_000, waivedAmount: 0, balanceDue: 0 });
});

test('what the bank withheld of a no-show goes back by the policy once the dispute is won', async () => {
  const { code, disputeId } = await bank.bookAndDispute();
  await setPolicy(code, { tiers: [], noShowFeePercent: 80 });
  await t.database.travel('31 days');
  const marked = await bank.act(code, 'no-show', {});
  expect(marked.body).toMatchObject({ status: 'NO_SHOW', paidAmount: 10_000, feeAmount: 8_000 });
  await bank.close(disputeId, 'won');
  await t.reachesAtDesk(bank.hotel, code, { disputes: [{ status: 'WON' }], paidAmount: 8_000 });
});

test('a refund of the card that waits gives way to the dashboard’s, though there is cash to cover both', async () => {
  const { code, mixed } = await payDepositAndCash();
  const { id } = await findIntent(t, code);
  await failRefunds(500);
  expect((await mixed.refund(code, 2_000)).status).toBe(202);
  await refundInDashboard(id, 3_000);
  await t.reachesAtDesk(mixed.hotel, code, {
    paidAmount: 7_000,
    balanceDue: 0,
    refunds: [{ state: 'CANCELLED' }, { state: 'DONE', origin: 'GATEWAY' }],
  });
  await t.control('DELETE', '/faults');
  await t.database.travel('10 minutes');
  await t.settle();
  expect((await mixed.act(code, 'cancel', {})).status).toBe(200);
});

test('what the dashboard gives back beyond what is left is a loss, not a booking below zero', async () => {
  const { code, intentId } = await bank.bookAndPay();
  const refund = await bank.refund(code, 10_000, { to: 'WALLET' });
  expect(refund.body).toMatchObject({ destination: 'WALLET', state: 'DONE' });
  await refundInDashboard(intentId, 10_000);
  await t.reachesAtDesk(bank.hotel, code, {
    paidAmount: 0,
    refunds: [{ destination: 'WALLET' }, { destination: 'CARD', origin: 'GATEWAY', amount: 10_000 }],
  });
  expect(await bank.transfersOf(code, ['LOSS'])).toEqual([
    { kind: 'LOSS', from: 'LOSSES', to: 'GATEWAY', amount: 10_000 },
  ]);
});

test('a refund that waits gives way to one of everything in the dashboard, and nothing is forgiven twice', async () => {
  const { code, intentId } = await bank.bookAndPay();
  await failRefunds(500);
  expect((await bank.refund(code, 4_000)).status).toBe(202);
  await refundInDashboard(intentId, 10_000);
  await t.reachesAtDesk(bank.hotel, code, { paidAmount: 0, waivedAmount: 10_000, balanceDue: 0 });
});

test('a fee that is given back after all is kept no longer, and is again when the refund comes back', async () => {
  const { code, intentId } = await bank.bookAndPay();
  const cancelled = await bank.act(code, 'cancel', { refundPercent: 50, reason: 'Flood' });
  expect(cancelled.body).toMatchObject({ feeAmount: 5_000, paidAmount: 5_000 });
  expect((await bank.refund(code, 2_000)).status).toBe(200);
  expect(await bank.see(code)).toMatchObject({ feeAmount: 3_000, paidAmount: 3_000 });
  const refundId = await refundInDashboard(intentId, 3_000);
  await t.reachesAtDesk(bank.hotel, code, { feeAmount: 0, paidAmount: 0 });
  await t.control('POST', `/refunds/${refundId}/fail`);
  await t.reachesAtDesk(bank.hotel, code, { feeAmount: 3_000, paidAmount: 3_000 });
});

test('what was given back out of kindness makes no further night free', async () => {
  const { code } = await bank.bookAndPay();
  expect((await bank.refund(code, 10_000)).status).toBe(200);
  const longer = await bank.act(code, 'reschedule', { checkIn: daysAhead(30), checkOut: daysAhead(32) });
  expect(longer).toMatchObject({ status: 200, body: { paidAmount: 0, balanceDue: 10_000 } });
});

test('a card that was given back says nothing of the cash that is still there', async () => {
  const { code, mixed } = await payDepositAndCash();
  expect((await mixed.refund(code, 3_000)).status).toBe(200);
  expect(await mixed.see(code)).toMatchObject({ paidAmount: 7_000, paymentStage: 'PARTIALLY_REFUNDED' });
  expect((await mixed.refund(code, 7_000)).status).toBe(200);
  expect(await mixed.see(code)).toMatchObject({ paidAmount: 0, paymentStage: 'REFUNDED' });
});

test('a refund that comes back after the dispute was lost is not asked for for ever', async () => {
  const { code, chargeId } = await bank.bookAndPay();
  expect((await bank.refund(code, 4_000)).status).toBe(200);
  await bank.close(await bank.dispute(chargeId, { amount: 6_000 }), 'lost');
  await t.reachesAtDesk(bank.hotel, code, { disputes: [{ status: 'LOST' }] });
  const { refunds } = (await t.control('GET', '/state')) as { refunds: { id: string }[] };
  await t.control('POST', `/refunds/${refunds.at(-1)?.id ?? ''}/fail`);
  await t.reachesAtDesk(bank.hotel, code, { paidAmount: 10_000 });
  await t.database.travel('1 day');
  await t.settle();
  expect(await bank.see(code)).toMatchObject({ refunds: [{ state: 'CANCELLED' }, { state: 'CANCELLED' }] });
  expect((await bank.act(code, 'cancel', {})).status).toBe(200);
});

test('a refund that the gateway refuses for hours keeps no booking from being cancelled', async () => {
  const { code } = await bank.bookAndPay();
  await setPolicy(code, HALF);
  await failRefunds(400);
  expect((await bank.refund(code, 2_000)).body.state).toBe('PENDING');
  expect(await bank.act(code, 'cancel', {})).toMatchObject({ status: 200, body: { status: 'CANCELLED' } });
  await t.control('DELETE', '/faults');
  await t.database.travel('1 hour');
  // Half of the 80.00 that were left.
  await t.reachesAtDesk(bank.hotel, code, { paidAmount: 4_000, feeAmount: 4_000 });
});

test('a refund that the gateway refuses for hours keeps nobody from leaving, and what is on its way back is not paid', async () => {
  const inn = await openBank(t);
  await t.database.sql(`UPDATE properties SET timezone = 'UTC', check_in_time = '00:00' WHERE id = $1`, [
    inn.hotel.propertyId,
  ]);
  await money.askForDeposit(inn);
  const stay = stayBody({ checkIn: daysAhead(0), checkOut: daysAhead(1) });
  const { code, guestToken, url } = await t.bookAndOpen(inn.hotel.path, stay);
  await t.payOn(url);
  await t.reaches(guestToken, { status: 'CONFIRMED', paidAmount: 3_000 });
  await failRefunds(400);
  expect((await inn.refund(code, 2_000)).body.state).toBe('PENDING');
  expect((await inn.act(code, 'assign-room', { room: '101' })).status).toBe(200);
  expect((await inn.act(code, 'check-in', { early: true, override: 'Test' })).status).toBe(200);
  const owing = { code: 'balance_due', balanceDue: 7_000 };
  expect(await inn.act(code, 'check-out', {})).toMatchObject({ status: 409, body: owing });
  expect((await inn.act(code, 'check-out', { waiveBalance: 'Flood' })).status).toBe(200);
  await t.control('DELETE', '/faults');
  await t.database.travel('1 hour');
  await t.reachesAtDesk(inn.hotel, code, { paidAmount: 1_000, balanceDue: 0 });
});

/** A refund that the gateway makes and we hear nothing of, and that the bank sends back before we ask. */
async function refundUnheardAndFailed(code: string, intentId: string): Promise<void> {
  await t.control('POST', '/delivery', { paused: true });
  await t.control('POST', '/faults', { method: 'POST', path: '/refunds$', kind: 'drop_after', times: 2 });
  expect((await bank.refund(code, 4_000)).status).toBe(202);
  const { refunds } = (await t.control('GET', '/state')) as { refunds: { id: string; payment_intent: string }[] };
  await t.control('POST', `/refunds/${refunds.find((one) => one.payment_intent === intentId)?.id ?? ''}/fail`);
}

test('a refund that had come back before anything was heard of it is made again', async () => {
  const { code, intentId } = await bank.bookAndPay();
  await refundUnheardAndFailed(code, intentId);
  await t.database.travel('6 seconds');
  await t.reachesAtDesk(bank.hotel, code, {
    paidAmount: 10_000,
    refunds: [{ state: 'CANCELLED' }, { state: 'PENDING' }],
  });
  expect(await findViolations(t.ctx)).toEqual([]);
  await t.database.travel('6 minutes');
  await t.reachesAtDesk(bank.hotel, code, { paidAmount: 6_000, refunds: [{ state: 'CANCELLED' }, { state: 'DONE' }] });
});

test('a refund that is heard of as one that came back, before its own answer is looked up, is made again once', async () => {
  const { code, intentId } = await bank.bookAndPay();
  await refundUnheardAndFailed(code, intentId);
  await t.control('DELETE', '/delivery');
  await t.reachesAtDesk(bank.hotel, code, {
    paidAmount: 10_000,
    refunds: [{ state: 'CANCELLED' }, { state: 'PENDING' }],
  });
  await t.database.travel('6 seconds');
  await t.settle();
  await t.database.travel('6 minutes');
  await t.reachesAtDesk(bank.hotel, code, { paidAmount: 6_000, refunds: [{ state: 'CANCELLED' }, { state: 'DONE' }] });
});
