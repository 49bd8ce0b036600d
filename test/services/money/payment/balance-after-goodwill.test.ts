import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openBank } from '../../../support/money/bank.ts';
import type { Bank } from '../../../support/money/bank.ts';
import { daysAhead } from '../../../support/hotel/build.ts';
import { startPayingApp } from '../../../support/sandbox/sandbox.ts';
import type { PayingApp } from '../../../support/sandbox/sandbox.ts';

// One night of 100.00, paid by card, of which staff gave back 20.00 for goodwill.

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

async function bookWithGoodwill() {
  const paid = await bank.bookAndPay();
  expect((await bank.refund(paid.code, 2_000)).status).toBe(200);
  await t.settle();
  return paid;
}
const twoNights = { checkIn: daysAhead(40), checkOut: daysAhead(42) };
const openPage = (token: string) => t.call('POST', '/v1/guest/booking/payment-session', { token, body: {} });

test('the balance after a goodwill refund and a dearer move is paid by card, and stays', async () => {
  const { code, guestToken } = await bookWithGoodwill();
  expect((await bank.act(code, 'reschedule', twoNights)).body).toMatchObject({ balanceDue: 10_000 });
  await t.payOn((await openPage(guestToken)).body.url as string);
  await t.reaches(guestToken, { status: 'CONFIRMED', paidAmount: 18_000, balanceDue: 0 });
  expect(await bank.actionsOf(code, /mismatch/)).toEqual([]);
  expect((await bank.see(code)).refunds).toHaveLength(1);
});

test('a balance smaller than what is missing of the deposit is paid by card, and stays', async () => {
  const { code, guestToken } = await bank.bookAndPay();
  expect((await bank.refund(code, 6_000)).status).toBe(200);
  await t.settle();
  await t.database.sql('UPDATE inventory_nights SET price = 11500 WHERE room_type_id = $1 AND night = $2::date', [
    bank.hotel.roomTypeId,
    daysAhead(50),
  ]);
  const moved = await bank.act(code, 'reschedule', { checkIn: daysAhead(50), checkOut: daysAhead(51) });
  expect(moved.body).toMatchObject({ balanceDue: 1_500, waivedAmount: 6_000 });
  await t.payOn((await openPage(guestToken)).body.url as string);
  await t.reaches(guestToken, { status: 'CONFIRMED', paidAmount: 5_500, balanceDue: 0 });
  expect((await bank.see(code)).refunds).toHaveLength(1);
});

test('money that waits at the desk to be handed back is needed again: check-out and the cash agree', async () => {
  const { code } = await bank.bookAndPay();
  await bank.act(code, 'reschedule', twoNights);
  expect((await bank.act(code, 'payments', { method: 'CASH', amount: 10_000 })).status).toBe(200);
  // The card comes first, then the cash: 50.00 of it wait to be handed over.
  await t.database.sql('UPDATE inventory_nights SET price = 5000 WHERE room_type_id = $1 AND night = $2::date', [
    bank.hotel.roomTypeId,
    daysAhead(60),
  ]);
  await bank.act(code, 'reschedule', { checkIn: daysAhead(60), checkOut: daysAhead(61) });
  await t.settle();
  expect((await bank.see(code)).refunds).toMatchObject([
    { destination: 'CARD', amount: 10_000, state: 'DONE' },
    { destination: 'MANUAL', amount: 5_000, state: 'PENDING' },
  ]);
  await bank.act(code, 'reschedule', { checkIn: daysAhead(45), checkOut: daysAhead(46) });
  expect(await bank.act(code, 'payments', { method: 'CASH', amount: 5_001 })).toMatchObject({
    status: 422,
    body: { code: 'overpayment', balanceDue: 5_000 },
  });
  expect((await bank.act(code, 'payments', { method: 'CASH', amount: 5_000 })).status).toBe(200);
});

test('the history tells who waived how much and why', async () => {
  const { code } = await bookWithGoodwill();
  expect((await bank.historyOf(code)).filter(({ action }) => action === 'waiver')).toMatchObject([
    { reason: 'Shower was cold', changes: { waivedAmount: [0, 2_000] }, actor: { type: 'STAFF' } },
  ]);
});
