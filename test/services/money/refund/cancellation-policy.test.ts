import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { travelTo } from '../../../support/database/clock.ts';
import { findViolations } from '../../../support/database/invariants.ts';
import { stayBody } from '../../../support/hotel/build.ts';
import { startPayingApp } from '../../../support/sandbox/sandbox.ts';
import type { PaidHotel, PayingApp } from '../../../support/sandbox/sandbox.ts';

let t: PayingApp;
let hotel: PaidHotel;

beforeAll(async () => {
  t = await startPayingApp({ LOG_LEVEL: 'error' });
  hotel = await t.hotelOf('AUTOMATIC', 40);
});
afterEach(async () => {
  await t.settle();
  expect(await findViolations(t.ctx)).toEqual([]);
  await t.database.travel('0');
});
afterAll(() => t.close());

const staff = (code: string, action: string, body: object, headers = {}) =>
  t.call('POST', `${hotel.desk}/${code}/${action}`, { token: hotel.ownerToken, body, headers });
const refundOf = (code: string, amount: number) => staff(code, 'refunds', { amount, reason: 'Shower was cold' });

/** One night, 100.00, paid by card and confirmed. */
async function bookAndPay(): Promise<{ code: string; guestToken: string }> {
  const { code, guestToken, url } = await t.bookAndOpen(hotel.path, stayBody());
  await t.payOn(url);
  await t.reaches(guestToken, { status: 'CONFIRMED' });
  return { code, guestToken };
}

/** Moves the clock to so many hours before the stay begins, whatever hour it is now. */
async function travelToHoursBefore(code: string, hours: number): Promise<void> {
  const [row] = await t.database.sql<{ instant: Date }>(
    'SELECT starts_at - make_interval(hours => $2) AS instant FROM bookings WHERE code = $1',
    [code, hours],
  );
  await travelTo(t.database, (row?.instant ?? new Date(NaN)).toISOString());
}

async function intentOf(code: string): Promise<string> {
  const [row] = await t.database.sql<{ intent_id: string }>(
    'SELECT p.intent_id FROM payments p JOIN bookings b ON b.id = p.booking_id WHERE b.code = $1 AND p.intent_id IS NOT NULL',
    [code],
  );
  return row?.intent_id ?? '';
}

/** The refunds the gateway has of a booking's card payment. */
async function refundsAtGateway(code: string): Promise<{ id: string; amount: number; status: string }[]> {
  const intent = await intentOf(code);
  const { refunds } = (await t.control('GET', '/state')) as {
    refunds: { id: string; amount: number; status: string; payment_intent: string }[];
  };
  return refunds.filter((refund) => refund.payment_intent === intent);
}

test.each([
  ['72 hours before', 72, 10_000, 0, 100],
  ['30 hours before', 30, 5_000, 5_000, 50],
  ['an hour before', 1, 0, 10_000, 0],
])('cancelled %s: what was quoted comes back, and the fee is earned', async (_, hours, refunded, fee, percent) => {
  const tiers = [
    { hoursBefore: 48, refundPercent: 100 },
    { hoursBefore: 24, refundPercent: 50 },
  ];
  const settings = `/v1/staff/properties/${hotel.slug}`;
  const set = (policy: object) =>
    t.call('PATCH', settings, { token: hotel.ownerToken, body: { cancellationPolicy: policy } });
  expect((await set({ tiers })).status).toBe(200);
  const { code, guestToken } = await bookAndPay();
  // What is agreed is agreed, whatever the property says later.
  expect((await set({ tiers: [] })).status).toBe(200);
  await travelToHoursBefore(code, hours);
  const quote = await t.call('GET', '/v1/guest/booking/cancellation-quote', { token: guestToken });
  expect(quote.body).toEqual({
    refundable: refunded > 0,
    refundPercent: percent,
    refundAmount: refunded,
    fee,
    currency: 'EUR',
    withheld: 0,
    policy: { tiers },
  });
  const cancelled = await t.call('POST', '/v1/guest/booking/cancel', { token: guestToken, body: {} });
  expect(cancelled.body).toMatchObject({ status: 'CANCELLED', paidAmount: fee });
  expect((await refundsAtGateway(code)).map(({ amount }) => amount)).toEqual(refunded > 0 ? [refunded] : []);
  const seen = await t.call('GET', `${hotel.desk}/${code}`, { token: hotel.ownerToken });
  expect(seen.body).toMatchObject({ feeAmount: fee });
  expect((await t.call('GET', '/v1/guest/booking/cancellation-quote', { token: guestToken })).body).toMatchObject({
    code: 'invalid_transition',
  });
});

test('a deposit that is not refundable is kept, what was paid beyond it goes by the tiers', async () => {
  const { code } = await bookAndPay();
  await t.database.sql(
    `UPDATE bookings SET deposit_due = 4000, cancellation_policy = '{"tiers": [{"hoursBefore": 0, "refundPercent": 50}], "isDepositRefundable": false}' WHERE code = $1`,
    [code],
  );
  expect((await staff(code, 'cancel', {})).body).toMatchObject({
    status: 'CANCELLED',
    paidAmount: 7_000,
    feeAmount: 7_000,
  });
});

test('a no-show pays what the policy says, and staff can give the rest of it back', async () => {
  const { code } = await bookAndPay();
  await t.database.sql(
    `UPDATE bookings SET cancellation_policy = '{"tiers": [], "noShowFeePercent": 80}' WHERE code = $1`,
    [code],
  );
  await t.database.travel('31 days');
  expect((await staff(code, 'no-show', {})).body).toMatchObject({
    status: 'NO_SHOW',
    paidAmount: 8_000,
    feeAmount: 8_000,
  });
  expect((await refundOf(code, 8_000)).status).toBe(200);
});

test('asked for, the money of a cancelled booking goes to the wallet and not to the card', async () => {
  const { code, guestToken } = await bookAndPay();
  const body = { refundTo: 'WALLET' };
  expect((await t.call('POST', '/v1/guest/booking/cancel', { token: guestToken, body })).body).toMatchObject({
    status: 'CANCELLED',
    paidAmount: 0,
  });
  expect(await refundsAtGateway(code)).toEqual([]);
  const [wallet] = await t.database.sql<{ balance: string }>(
    `SELECT a.balance FROM ledger_accounts a JOIN bookings b ON b.customer_id = a.customer_id
     WHERE b.code = $1 AND a.kind = 'WALLET'`,
    [code],
  );
  expect(Number(wallet?.balance)).toBeGreaterThanOrEqual(10_000);
});
