import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openBank } from '../../../support/money/bank.ts';
import type { Bank } from '../../../support/money/bank.ts';
import { daysAhead } from '../../../support/hotel/build.ts';
import { findViolations } from '../../../support/database/invariants.ts';
import { startPayingApp } from '../../../support/sandbox/sandbox.ts';
import type { PayingApp } from '../../../support/sandbox/sandbox.ts';

let t: PayingApp;
let bank: Bank;

beforeAll(async () => {
  t = await startPayingApp({ LOG_LEVEL: 'error' });
  bank = await openBank(t);
});
afterEach(async () => {
  await bank.rest();
  await bank.expectSameAccount();
});
afterAll(() => t.close());

const cancel = (guestToken: string, body: object = {}) =>
  t.call('POST', '/v1/guest/booking/cancel', { token: guestToken, body });

async function bookAndInquire() {
  const paid = await bank.bookAndPay();
  const disputeId = await bank.dispute(paid.chargeId, { isInquiry: true });
  await t.reachesAtDesk(bank.hotel, paid.code, { disputes: [{ status: 'INQUIRY', amount: 10_000 }] });
  return { ...paid, disputeId };
}

const keepHalf = (code: string) =>
  t.database.sql(
    `UPDATE bookings SET cancellation_policy = '{"tiers": [{"hoursBefore": 0, "refundPercent": 50}]}' WHERE code = $1`,
    [code],
  );

test('an inquiry posts nothing and blocks nothing: the cancellation refunds the card', async () => {
  const { code, guestToken, disputeId } = await bookAndInquire();
  expect(await bank.transfersOf(code, ['DISPUTE', 'DISPUTE_WON'])).toEqual([]);
  expect(await cancel(guestToken)).toMatchObject({ status: 200, body: { status: 'CANCELLED' } });
  await t.reachesAtDesk(bank.hotel, code, { paidAmount: 0, refunds: [{ state: 'DONE', amount: 10_000 }] });
  await bank.close(disputeId, 'warning_closed');
  await t.reachesAtDesk(bank.hotel, code, { disputes: [{ status: 'INQUIRY_CLOSED' }] });
  expect(await bank.transfersOf(code, ['DISPUTE', 'DISPUTE_WON'])).toEqual([]);
});

test('an inquiry that becomes a dispute withdraws the money from then on, and is decided once', async () => {
  const { code, disputeId } = await bookAndInquire();
  await t.control('POST', `/disputes/${disputeId}/escalate`);
  await t.reachesAtDesk(bank.hotel, code, { disputes: [{ status: 'OPEN' }] });
  expect(await bank.refund(code, 1)).toMatchObject({ status: 409, body: { refundable: 0, withheld: 10_000 } });
  await bank.close(disputeId, 'lost');
  await t.reachesAtDesk(bank.hotel, code, { disputes: [{ status: 'LOST' }] });
  expect(await bank.transfersOf(code, ['DISPUTE', 'DISPUTE_WON'])).toHaveLength(1);
});

test('what is won back after a cancellation follows the policy, and the fee stays', async () => {
  const { code, guestToken, disputeId } = await bank.bookAndDispute();
  await keepHalf(code);
  await cancel(guestToken);
  expect(await findViolations(t.ctx)).toEqual([]);
  await bank.close(disputeId, 'won');
  await t.reachesAtDesk(bank.hotel, code, {
    paidAmount: 5_000,
    feeAmount: 5_000,
    refunds: [{ state: 'DONE', amount: 5_000 }],
  });
});

test('a won dispute’s money that is swallowed is found by an invariant', async () => {
  const { code, guestToken, disputeId } = await bank.bookAndDispute();
  await cancel(guestToken);
  await t.database.sql(
    `UPDATE disputes d SET status = 'WON', closed_at = app_now() FROM bookings b WHERE b.id = d.booking_id AND b.code = $1`,
    [code],
  );
  const broken = (await findViolations(t.ctx)).filter(({ name }) => name === 'ended_but_still_charged');
  expect(broken).toHaveLength(1);
  // Restores what the test broke behind the server's back.
  await t.database.sql('ALTER TABLE disputes DISABLE TRIGGER disputes_stay_decided');
  await t.database.sql(
    `UPDATE disputes d SET status = 'OPEN', closed_at = NULL FROM bookings b WHERE b.id = d.booking_id AND b.code = $1`,
    [code],
  );
  await t.database.sql('ALTER TABLE disputes ENABLE TRIGGER disputes_stay_decided');
  await bank.close(disputeId, 'won');
});

test('a cancellation into the wallet beside a partial dispute gives back all that is not disputed', async () => {
  const { code, guestToken } = await bank.bookAndDispute({ amount: 4_000 });
  await bank.act(code, 'reschedule', { checkIn: daysAhead(30), checkOut: daysAhead(32) });
  await bank.act(code, 'payments', { method: 'CASH', amount: 10_000 });
  const cancelled = await bank.act(code, 'cancel', { refundTo: 'WALLET', reason: 'asked for' });
  expect(cancelled).toMatchObject({ status: 200, body: { status: 'CANCELLED' } });
  const { refunds } = await bank.see(code);
  expect(refunds.reduce((sum: number, { amount }: { amount: number }) => sum + amount, 0)).toBe(16_000);
  expect(guestToken).toBeDefined();
});
