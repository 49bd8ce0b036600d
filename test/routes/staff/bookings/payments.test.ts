import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { expireHolds } from '../../../../src/services/selling/hold/expire-holds.ts';
import { startTestApp } from '../../../support/server/app.ts';
import type { TestApp } from '../../../support/server/app.ts';
import { openDesk } from '../../../support/hotel/desk.ts';
import type { Desk } from '../../../support/hotel/desk.ts';
import { refusal } from '../../../support/http/problems.ts';

let t: TestApp;
let desk: Desk;

beforeAll(async () => {
  t = await startTestApp();
  desk = await openDesk(t, { rooms: 60 });
});
afterEach(() => t.database.travel('0 minutes'));
afterAll(() => t.close());

const pay = (code: string, amount: number, at = desk, headers: Record<string, string> = {}) =>
  at.act(code, 'payments', { method: 'CASH', amount, reference: 'till 2' }, { headers });

test('money taken by hand confirms a hold', async () => {
  const { code } = await desk.book();
  expect(await pay(code, 10_000)).toMatchObject({
    status: 200,
    body: {
      status: 'CONFIRMED',
      paidAmount: 10_000,
      balanceDue: 0,
      paymentStage: 'CAPTURED',
      paymentProvider: 'MANUAL',
      paidAt: expect.any(String),
      expiresAt: null,
      reservationSecondsLeft: null,
      payments: [
        { provider: 'MANUAL', method: 'CASH', stage: 'CAPTURED', amount: 10_000, currency: 'EUR', reference: 'till 2' },
      ],
    },
  });
});

test('a booking that stands may be paid bit by bit', async () => {
  const code = await desk.confirm();
  expect((await pay(code, 4_000)).body).toMatchObject({ paidAmount: 4_000, balanceDue: 6_000 });
  expect((await pay(code, 6_000)).body).toMatchObject({ paidAmount: 10_000, balanceDue: 0, paymentStage: 'CAPTURED' });
  const { payments } = (await desk.call('GET', `/bookings/${code}`)).body;
  expect(payments).toMatchObject([{ amount: 4_000 }, { amount: 6_000 }]);
});

test('a hold is paid at once or not at all, because it could end in between', async () => {
  const { code } = await desk.book();
  const refused = refusal('amount_mismatch', { depositDue: 10_000, currency: 'EUR' });
  expect(await pay(code, 9_999)).toMatchObject(refused);
  expect((await desk.call('GET', `/bookings/${code}`)).body).toMatchObject({ paidAmount: 0, payments: [] });
});

test.each([
  ['AUTOMATIC', 'CONFIRMED'],
  ['STAFF', 'PENDING_APPROVAL'],
] as const)('a deposit, where approval is %s, leads to %s', async (approval, status) => {
  const deposit = { paymentPolicy: 'DEPOSIT', depositPolicy: { type: 'PERCENT', value: 3_000 }, approval } as const;
  const hotel = await openDesk(t, { property: deposit });
  const { code, booking } = await hotel.book();
  expect(booking.price).toMatchObject({ depositDue: 3_000, balanceDue: 7_000 });
  expect(await pay(code, 2_999, hotel)).toMatchObject(refusal('amount_mismatch', { depositDue: 3_000 }));
  expect((await pay(code, 3_000, hotel)).body).toMatchObject({ status, balanceDue: 7_000 });
});

test('all of it paid confirms, also where approval is by staff', async () => {
  const hotel = await openDesk(t, { property: { approval: 'STAFF' } });
  const { code } = await hotel.book();
  expect((await pay(code, 10_000, hotel)).body).toMatchObject({ status: 'CONFIRMED', balanceDue: 0 });
});

test('more than is due is 422 and says what is', async () => {
  const code = await desk.confirm();
  expect(await pay(code, 10_001)).toMatchObject(refusal('overpayment', { balanceDue: 10_000, currency: 'EUR' }));
});

test('a booking that is paid, or waived, takes no more', async () => {
  const code = await desk.confirm();
  await pay(code, 10_000);
  expect(await pay(code, 1)).toMatchObject(refusal('already_paid'));
  expect(await pay(await desk.confirm({ payment: 'WAIVED' }), 1)).toMatchObject(refusal('already_paid'));
});

test('a hold that has ended takes no money, whether or not a job has run', async () => {
  const { code } = await desk.book();
  await t.database.travel('11 minutes');
  expect(await pay(code, 10_000)).toMatchObject(refusal('hold_expired'));
  await expireHolds(t.ctx);
  expect(await pay(code, 10_000)).toMatchObject(refusal('hold_expired'));
});

test('nothing is paid for a booking that was cancelled', async () => {
  const code = await desk.confirm();
  await desk.act(code, 'cancel');
  expect(await pay(code, 10_000)).toMatchObject(refusal('invalid_transition'));
});

test('a payment that is refused leaves no trace', async () => {
  const code = await desk.confirm();
  await pay(code, 10_001);
  expect((await desk.call('GET', `/bookings/${code}`)).body).toMatchObject({ paidAmount: 0, payments: [], version: 1 });
});

const finalized = () => t.logged.filter(({ event }) => event === 'PAYMENT_FINALIZE_SUCCESS').length;

test('a payment is logged as finalized once, however often it is repeated', async () => {
  const code = await desk.confirm();
  const before = finalized();
  await pay(code, 10_000, desk, { 'idempotency-key': 'pay-once' });
  await pay(code, 10_000, desk, { 'idempotency-key': 'pay-once' });
  expect(finalized() - before).toBe(1);
});

test('a dry run of a payment is not logged as finalized', async () => {
  const code = await desk.confirm();
  const before = finalized();
  await pay(code, 10_000, desk, { prefer: 'dry-run' });
  expect(finalized() - before).toBe(0);
});
