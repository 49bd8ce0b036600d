import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openBank } from '../../../support/money/bank.ts';
import type { Bank, PaidBooking } from '../../../support/money/bank.ts';
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

test('what is disputed is not refunded, and the answer says why; what was won back is', async () => {
  const { code, disputeId } = await bank.bookAndDispute();
  const refused = {
    code: 'refund_exceeds_captured',
    refundable: 0,
    withheld: 10_000,
    detail: expect.stringMatching(/disputed/),
  };
  for (const more of [{}, { to: 'WALLET' }]) {
    expect(await bank.refund(code, 1, more)).toMatchObject({ status: 409, body: refused });
  }
  await bank.close(disputeId, 'won');
  await t.reachesAtDesk(bank.hotel, code, { disputes: [{ status: 'WON' }] });
  expect(await bank.refund(code, 10_000)).toMatchObject({ status: 200, body: { state: 'DONE' } });
});

test('what was lost is never refunded as well', async () => {
  const { code, disputeId } = await bank.bookAndDispute();
  await bank.close(disputeId, 'lost');
  await t.reachesAtDesk(bank.hotel, code, { disputes: [{ status: 'LOST' }], paidAmount: 10_000 });
  expect(await bank.refund(code, 1)).toMatchObject({ status: 409, body: { refundable: 0 } });
});

test('of a charge that is disputed in part nothing goes to the card, and the rest can go to the wallet', async () => {
  const { code } = await bank.bookAndDispute({ amount: 4_000 });
  expect(await bank.refund(code, 1)).toMatchObject({ status: 409, body: { refundable: 0, withheld: 10_000 } });
  expect(await bank.refund(code, 6_001, { to: 'WALLET' })).toMatchObject({ status: 409, body: { refundable: 6_000 } });
  expect(await bank.refund(code, 6_000, { to: 'WALLET' })).toMatchObject({ status: 200, body: { state: 'DONE' } });
});

test('a dispute about more than was left after a refund counts in full, and nothing is below zero', async () => {
  const { code, chargeId } = await bank.bookAndPay();
  expect((await bank.refund(code, 7_000)).status).toBe(200);
  await bank.dispute(chargeId, { amount: 10_000 });
  await t.reachesAtDesk(bank.hotel, code, { paidAmount: 3_000, disputes: [{ amount: 10_000 }] });
  expect(await bank.refund(code, 1)).toMatchObject({ status: 409, body: { refundable: 0, withheld: 3_000 } });
});

test('a refund the gateway refuses because of a dispute we had not heard of is not asked for for ever', async () => {
  const { code, chargeId } = await bank.bookAndPay();
  await t.control('POST', '/delivery', { paused: true });
  const disputeId = await bank.dispute(chargeId);
  expect(await bank.refund(code, 10_000)).toMatchObject({ status: 200, body: { state: 'PENDING' } });
  await t.control('POST', '/delivery', { paused: false });
  await t.control('POST', '/delivery/flush');
  await t.reachesAtDesk(bank.hotel, code, { disputes: [{ status: 'OPEN' }], refunds: [{ state: 'CANCELLED' }] });
  expect(await bank.actionsOf(code, /^refund/)).toEqual(['refund-refused', 'refund-withheld']);
  await t.database.travel('3 days');
  await t.settle();
  const asked = await t.database.sql(
    `SELECT o.state FROM gateway_operations o JOIN bookings b ON b.id = o.booking_id WHERE b.code = $1 AND o.kind = 'REFUND'`,
    [code],
  );
  expect(asked).toEqual([{ state: 'REFUSED' }, { state: 'REFUSED' }]);
  // Won, it is due again, and is made.
  await bank.close(disputeId, 'won');
  await t.reachesAtDesk(bank.hotel, code, {
    paidAmount: 0,
    disputes: [{ status: 'WON' }],
    refunds: [{ state: 'CANCELLED' }, { state: 'DONE' }],
  });
});

test('a refund that still waits when the dispute is lost is not made: the bank has given the money back', async () => {
  const { code, chargeId } = await bank.bookAndPay();
  await t.control('POST', '/faults', {
    method: 'POST',
    path: '/refunds$',
    kind: 'error_before',
    status: 400,
    times: 1,
  });
  expect(await bank.refund(code, 4_000)).toMatchObject({ body: { state: 'PENDING' } });
  await bank.close(await bank.dispute(chargeId), 'lost');
  await t.reachesAtDesk(bank.hotel, code, { disputes: [{ status: 'LOST' }], refunds: [{ state: 'CANCELLED' }] });
  await t.database.travel('1 hour');
  await t.settle();
  expect(await bank.transfersOf(code, ['REFUND', 'REFUND_CANCELLED', 'PAYOUT'])).toEqual([
    { kind: 'REFUND', from: 'BOOKING', to: 'REFUNDS', amount: 4000 },
    { kind: 'REFUND_CANCELLED', from: 'REFUNDS', to: 'BOOKING', amount: 4000 },
  ]);
});

test('a cancellation while the charge is disputed leaves the money to the bank, and the history says so', async () => {
  const { code, guestToken, disputeId } = await bank.bookAndDispute();
  const cancelled = await t.call('POST', '/v1/guest/booking/cancel', { token: guestToken, body: {} });
  expect(cancelled).toMatchObject({ status: 200, body: { status: 'CANCELLED', paidAmount: 10_000 } });
  expect(await bank.historyOf(code)).toContainEqual(
    expect.objectContaining({
      action: 'refund-withheld',
      reason: 'disputed',
      changes: { withheldAmount: [0, 10_000] },
    }),
  );
  expect(await findViolations(t.ctx)).toEqual([]);
  await bank.close(disputeId, 'won');
  // The policy gives everything back, so the money that was won goes the same way.
  await t.reachesAtDesk(bank.hotel, code, {
    disputes: [{ status: 'WON' }],
    refunds: [{ state: 'DONE', amount: 10_000, destination: 'CARD' }],
    paidAmount: 0,
  });
});

test('a cancellation gives back what was paid otherwise, and of the disputed card nothing', async () => {
  const { code, guestToken } = await bank.bookAndDispute();
  const longer = { checkIn: daysAhead(30), checkOut: daysAhead(32) };
  expect((await bank.act(code, 'reschedule', longer)).body).toMatchObject({ balanceDue: 10_000 });
  const paid = await bank.act(code, 'payments', { method: 'CASH', amount: 10_000 });
  expect(paid.body).toMatchObject({ paidAmount: 20_000 });
  const { body } = await t.call('POST', '/v1/guest/booking/cancel', { token: guestToken, body: {} });
  expect(body).toMatchObject({ status: 'CANCELLED' });
  const { refunds } = await bank.see(code);
  expect(refunds).toMatchObject([{ destination: 'MANUAL', amount: 10_000, state: 'PENDING' }]);
});

test('what a cancellation is said to give back of a disputed charge is what it gives back', async () => {
  const { code, guestToken } = await bank.bookAndDispute();
  const quote = async () => (await t.call('GET', '/v1/guest/booking/cancellation-quote', { token: guestToken })).body;
  expect(await quote()).toMatchObject({ refundable: false, refundAmount: 0, fee: 0, withheld: 10_000 });
  await bank.act(code, 'reschedule', { checkIn: daysAhead(30), checkOut: daysAhead(32) });
  await bank.act(code, 'payments', { method: 'CASH', amount: 10_000 });
  // A quarter of the 200.00 is to be kept, and is, out of what is left.
  await t.database.sql(
    `UPDATE bookings SET cancellation_policy = '{"tiers": [{"hoursBefore": 0, "refundPercent": 75}]}' WHERE code = $1`,
    [code],
  );
  expect(await quote()).toMatchObject({ refundable: true, refundAmount: 5_000, fee: 5_000, withheld: 10_000 });
  await t.call('POST', '/v1/guest/booking/cancel', { token: guestToken, body: {} });
  expect(await bank.see(code)).toMatchObject({ feeAmount: 5_000, refunds: [{ destination: 'MANUAL', amount: 5_000 }] });
});

test('a stay that becomes cheaper while it is disputed gives nothing back, and the history says so', async () => {
  const { code } = await bank.bookAndDispute();
  await t.database.sql(
    `UPDATE inventory_nights SET price = 6000 WHERE room_type_id IN (
    SELECT room_type_id FROM stays s JOIN bookings b ON b.id = s.booking_id WHERE b.code = $1)`,
    [code],
  );
  const moved = await bank.act(code, 'reschedule', { checkIn: daysAhead(40), checkOut: daysAhead(41) });
  expect(moved).toMatchObject({ status: 200, body: { paidAmount: 10_000, price: { totalPayable: 6_000 } } });
  await t.database.sql('UPDATE inventory_nights SET price = NULL WHERE price = 6000');
  expect(await bank.actionsOf(code, /^refund/)).toEqual(['refund-withheld']);
});

test('refunds and disputes of one charge at once: whoever is first, the ledger is the gateway’s account', async () => {
  const paid: PaidBooking[] = [];
  for (let round = 0; round < 8; round += 1) paid.push(await bank.bookAndPay());
  await Promise.all(
    paid.map(async ({ code, chargeId }, round) => {
      const [, refunds] = await Promise.all([
        bank.dispute(chargeId).then((id) => bank.close(id, round % 2 === 0 ? 'won' : 'lost')),
        Promise.all([bank.refund(code, 2_500), bank.refund(code, 2_500)]),
      ]);
      expect(refunds.filter(({ status }) => ![200, 202, 409].includes(status))).toEqual([]);
    }),
  );
  for (const [round, { code }] of paid.entries()) {
    await t.reachesAtDesk(bank.hotel, code, { disputes: [{ status: round % 2 === 0 ? 'WON' : 'LOST' }] });
  }
  // What was refused meanwhile is made by now, or never.
  for (const later of ['6 minutes', '20 minutes', '1 hour']) {
    await t.database.travel(later);
    await t.settle();
  }
  const waiting = await t.database.sql(
    `SELECT state FROM refunds WHERE state IN ('PENDING', 'UNKNOWN') AND destination = 'CARD'`,
  );
  expect(waiting).toEqual([]);
});

test('a refund that is withheld forgives nothing: when the dispute is lost, all of it is owed; when it is won, as before', async () => {
  const withheld = async () => {
    const { code, chargeId } = await bank.bookAndPay();
    await t.control('POST', '/delivery', { paused: true });
    const disputeId = await bank.dispute(chargeId);
    expect(await bank.refund(code, 4_000)).toMatchObject({ status: 200, body: { state: 'PENDING' } });
    expect(await bank.see(code)).toMatchObject({ waivedAmount: 4_000 });
    await t.control('POST', '/delivery', { paused: false });
    await t.control('POST', '/delivery/flush');
    await t.reachesAtDesk(bank.hotel, code, { disputes: [{ status: 'OPEN' }], refunds: [{ state: 'CANCELLED' }] });
    expect(await bank.see(code)).toMatchObject({ waivedAmount: 0, balanceDue: 0 });
    return { code, disputeId };
  };
  const lost = await withheld();
  await bank.close(lost.disputeId, 'lost');
  await t.reachesAtDesk(bank.hotel, lost.code, { disputes: [{ status: 'LOST' }], waivedAmount: 0 });
  const won = await withheld();
  await bank.close(won.disputeId, 'won');
  await t.reachesAtDesk(bank.hotel, won.code, { disputes: [{ status: 'WON' }], waivedAmount: 4_000 });
});
