import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openBank } from '../../../support/money/bank.ts';
import type { Bank } from '../../../support/money/bank.ts';
import { hire } from '../../../support/hotel/desk.ts';
import { stayBody } from '../../../support/hotel/build.ts';
import { findLedgerFaults } from '../../../support/money/wallet.ts';
import { makeGuestMoney } from '../../../support/money/guest-money.ts';
import { startPayingApp } from '../../../support/sandbox/sandbox.ts';
import type { PayingApp } from '../../../support/sandbox/sandbox.ts';

let t: PayingApp;
let bank: Bank;
let asking: Bank;

beforeAll(async () => {
  t = await startPayingApp({ LOG_LEVEL: 'error' });
  bank = await openBank(t);
  asking = await openBank(t, 'STAFF');
});
afterEach(async () => {
  await bank.rest();
  for (const { hotel } of [bank, asking]) expect(await findLedgerFaults(t, hotel.propertyId)).toEqual([]);
});
afterAll(() => t.close());

/** One night of 100.00, for which staff record cash. */
async function bookByHand(at: Bank = bank, amount = 10_000) {
  const { code } = (await t.call('POST', `${at.hotel.path}/bookings`, { body: stayBody() })).body.booking;
  const paid = await at.act(code, 'payments', { method: 'CASH', amount });
  expect(paid.status).toBe(200);
  return { code: code as string, paymentId: paid.body.payments[0].id as string };
}
const reason = 'Recorded on the wrong booking';
const voided = (at: Bank, code: string, paymentId: string, body: object = { reason }) =>
  at.act(code, `payments/${paymentId}/void`, body);

test('cash recorded by mistake is voided, and the right cash is recorded', async () => {
  const { code, paymentId } = await bookByHand();
  expect(await voided(bank, code, paymentId)).toMatchObject({
    status: 200,
    body: {
      status: 'CONFIRMED',
      paidAmount: 0,
      waivedAmount: 0,
      balanceDue: 10_000,
      paymentStage: 'NONE',
      price: { depositDue: 0, balanceDue: 10_000 },
      payments: [{ stage: 'VOIDED', amount: 10_000 }],
    },
  });
  expect((await bank.historyOf(code)).at(-1)).toMatchObject({
    action: 'payment-void',
    reason,
    changes: { paidAmount: [10_000, 0], depositDue: [10_000, 0] },
    actor: { type: 'STAFF' },
  });
  expect(await bank.transfersOf(code, ['PAYMENT', 'PAYMENT_VOIDED'])).toEqual([
    { kind: 'PAYMENT', from: 'MANUAL', to: 'BOOKING', amount: 10_000 },
    { kind: 'PAYMENT_VOIDED', from: 'BOOKING', to: 'MANUAL', amount: 10_000 },
  ]);
  const right = await bank.act(code, 'payments', { method: 'ZELLE', amount: 10_000 });
  expect(right).toMatchObject({ status: 200, body: { paidAmount: 10_000, balanceDue: 0, paymentStage: 'CAPTURED' } });
});

test('a second void changes nothing, with a key or without', async () => {
  const { code, paymentId } = await bookByHand();
  const first = await voided(bank, code, paymentId);
  expect(await voided(bank, code, paymentId)).toMatchObject({ status: 200, body: { version: first.body.version } });
  expect(await bank.transfersOf(code, ['PAYMENT_VOIDED'])).toHaveLength(1);
});

test('after check-out the earnings are taken back, and the right payment is earned', async () => {
  const { code, paymentId } = await bookByHand();
  await t.database.travel('30 days');
  await bank.act(code, 'assign-room', { room: '101' });
  await bank.act(code, 'check-in', { override: 'Ready' });
  expect((await bank.act(code, 'check-out', {})).body.status).toBe('COMPLETED');
  expect((await voided(bank, code, paymentId)).body).toMatchObject({ status: 'COMPLETED', balanceDue: 10_000 });
  expect((await bank.act(code, 'payments', { method: 'CARD_TERMINAL', amount: 10_000 })).status).toBe(200);
  expect(await bank.transfersOf(code, ['EARNED', 'UNEARNED'])).toMatchObject([
    { kind: 'EARNED', amount: 10_000 },
    { kind: 'UNEARNED', amount: 10_000 },
    { kind: 'EARNED', amount: 10_000 },
  ]);
});

test('a deposit of a request that is voided can be paid again for as long as a hold lasts', async () => {
  await makeGuestMoney(t).askForDeposit(asking);
  const { code, paymentId } = await bookByHand(asking, 3_000);
  expect((await asking.see(code)).status).toBe('PENDING_APPROVAL');
  const { body } = await voided(asking, code, paymentId);
  expect(body).toMatchObject({ status: 'PENDING_APPROVAL', paymentStage: 'FAILED', paidAmount: 0 });
  expect(body.expiresAt).not.toBeNull();
  expect(await asking.act(code, 'approve', {})).toMatchObject({ status: 409, body: { code: 'authorization_lapsed' } });
  await asking.act(code, 'payments', { method: 'CASH', amount: 3_000 });
  expect((await asking.act(code, 'approve', {})).body).toMatchObject({ status: 'CONFIRMED', paidAmount: 3_000 });
});

test('the fee of a cancelled booking falls with the payment that never was', async () => {
  const { code, paymentId } = await bookByHand();
  expect((await bank.act(code, 'cancel', { refundPercent: 0, reason: 'Test' })).body.status).toBe('CANCELLED');
  expect(await voided(bank, code, paymentId)).toMatchObject({ status: 200, body: { paymentStage: 'NONE' } });
  expect((await bank.historyOf(code)).at(-1)).toMatchObject({
    changes: { paidAmount: [10_000, 0], feeAmount: [10_000, 0] },
  });
});

test('what was refunded, the card and the unknown are not voided', async () => {
  const { code, paymentId } = await bookByHand();
  await bank.refund(code, 1);
  expect(await voided(bank, code, paymentId)).toMatchObject({ status: 409, body: { code: 'invalid_transition' } });
  const card = await bank.bookAndPay();
  const { payments } = await bank.see(card.code);
  expect(await voided(bank, card.code, payments[0].id as string)).toMatchObject({ status: 409 });
  expect(await voided(bank, card.code, paymentId)).toMatchObject({ status: 404, body: { code: 'not_found' } });
  expect((await voided(bank, card.code, randomUUID())).status).toBe(404);
  expect(await voided(bank, code, paymentId, {})).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
});

test('the front desk records payments; only who may refund may void', async () => {
  const { code, paymentId } = await bookByHand();
  const path = `${bank.hotel.desk}/${code}/payments/${paymentId}/void`;
  const token = await hire(t, bank.hotel.propertyId, 'FRONT_DESK');
  expect((await t.call('POST', path, { token, body: { reason } })).status).toBe(403);
});
