import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { findViolations } from '../../../support/database/invariants.ts';
import { stayBody } from '../../../support/hotel/build.ts';
import { countStatuses } from '../../../support/race.ts';
import { startPayingApp } from '../../../support/sandbox/sandbox.ts';
import type { PaidHotel, PayingApp } from '../../../support/sandbox/sandbox.ts';

let t: PayingApp;
let hotel: PaidHotel;

beforeAll(async () => {
  t = await startPayingApp({ LOG_LEVEL: 'error' });
  hotel = await t.hotelOf('AUTOMATIC', 40);
});
afterEach(async () => {
  await t.control('DELETE', '/faults');
  await t.control('POST', '/delivery', { paused: false });
  await t.settle();
  expect(await findViolations(t.ctx)).toEqual([]);
  await t.database.travel('0');
});
afterAll(() => t.close());

const staff = (code: string, action: string, body: object, headers = {}) =>
  t.call('POST', `${hotel.desk}/${code}/${action}`, { token: hotel.ownerToken, body, headers });
const refundOf = (code: string, amount: number, more = {}) =>
  staff(code, 'refunds', { amount, reason: 'Shower was cold', ...more });

/** One night, 100.00, paid by card and confirmed. */
async function bookAndPay(): Promise<{ code: string; guestToken: string }> {
  const { code, guestToken, url } = await t.bookAndOpen(hotel.path, stayBody());
  await t.payOn(url);
  await t.reaches(guestToken, { status: 'CONFIRMED' });
  return { code, guestToken };
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

async function refundRows(code: string): Promise<{ amount: string; state: string; origin: string }[]> {
  return t.database.sql(
    'SELECT r.amount, r.state, r.origin FROM refunds r JOIN bookings b ON b.id = r.booking_id WHERE b.code = $1 ORDER BY r.id',
    [code],
  );
}

test('partial refunds add up, and never to more than was captured', async () => {
  const { code } = await bookAndPay();
  expect(await refundOf(code, 3_000)).toMatchObject({
    status: 200,
    body: { amount: 3_000, currency: 'EUR', destination: 'CARD', state: 'DONE', origin: 'STAFF', parts: [{}] },
  });
  expect(await refundOf(code, 7_001)).toMatchObject({
    status: 409,
    body: { code: 'refund_exceeds_captured', refundable: 7_000, currency: 'EUR' },
  });
  expect((await refundOf(code, 7_000)).status).toBe(200);
  expect((await refundOf(code, 1)).status).toBe(409);
  expect((await refundsAtGateway(code)).map(({ amount }) => amount).toSorted()).toEqual([3_000, 7_000]);
  const seen = await t.call('GET', `${hotel.desk}/${code}`, { token: hotel.ownerToken });
  expect(seen.body).toMatchObject({ paidAmount: 0, paymentStage: 'REFUNDED', status: 'CONFIRMED' });
});

test('of twenty parallel refunds of half the amount two succeed', async () => {
  const { code } = await bookAndPay();
  const answers = await Promise.all(Array.from({ length: 20 }, () => refundOf(code, 5_000)));
  await t.settle();
  expect(countStatuses(answers)).toEqual({ 200: 2, 409: 18 });
  expect(new Set(answers.filter(({ status }) => status === 409).map(({ body }) => body.code as string))).toEqual(
    new Set(['refund_exceeds_captured']),
  );
  expect((await refundsAtGateway(code)).map(({ amount }) => amount)).toEqual([5_000, 5_000]);
});

test('the same refund asked for twenty times with one key is made once', async () => {
  const { code } = await bookAndPay();
  const key = { 'idempotency-key': `refund-${code}` };
  const body = { amount: 2_000, reason: 'Shower was cold' };
  const answers = await Promise.all(Array.from({ length: 20 }, () => staff(code, 'refunds', body, key)));
  const again = await staff(code, 'refunds', body, key);
  expect(again).toMatchObject({ status: 200, headers: { 'idempotent-replayed': 'true' }, body: { amount: 2_000 } });
  expect(
    answers
      .filter(({ status }) => status !== 200)
      .every(({ body: { code: why } }) => why === 'idempotency_in_progress'),
  ).toBe(true);
  expect(await refundRows(code)).toEqual([{ amount: '2000', state: 'DONE', origin: 'STAFF' }]);
  expect(await refundsAtGateway(code)).toHaveLength(1);
});

test('a refund whose answer is lost after the effect is answered 202, is UNKNOWN, and is one refund in the end', async () => {
  const { code } = await bookAndPay();
  await t.control('POST', '/faults', { method: 'POST', path: '/refunds$', kind: 'drop_after', times: 3 });
  expect(await refundOf(code, 10_000)).toMatchObject({ status: 202, body: { state: 'UNKNOWN' } });
  await t.database.travel('6 seconds');
  await t.settle();
  expect(await refundRows(code)).toEqual([{ amount: '10000', state: 'DONE', origin: 'STAFF' }]);
  expect(await refundsAtGateway(code)).toHaveLength(1);
});

test('a refund that was made in the dashboard first is one row, and nothing is given back twice', async () => {
  const { code } = await bookAndPay();
  await t.control('POST', '/delivery', { paused: true });
  await t.control('POST', '/refunds', { payment_intent: await intentOf(code), amount: 10_000 });
  // We have not heard of it yet, so we ask for the same, and are refused.
  expect(await refundOf(code, 10_000)).toMatchObject({ status: 200, body: { state: 'DONE' } });
  await t.control('POST', '/delivery', { paused: false });
  await t.control('POST', '/delivery/flush');
  await t.settle();
  expect(await refundRows(code)).toEqual([{ amount: '10000', state: 'DONE', origin: 'STAFF' }]);
  expect(await refundsAtGateway(code)).toHaveLength(1);
});

test('a refund from the dashboard that nobody asked for is a row of its own, once, however often it is told', async () => {
  const { code, guestToken } = await bookAndPay();
  await t.control('POST', '/delivery', { duplicate: 5 });
  await t.control('POST', '/refunds', { payment_intent: await intentOf(code), amount: 4_000 });
  await t.reaches(guestToken, { paidAmount: 6_000, paymentStage: 'PARTIALLY_REFUNDED' });
  await t.control('DELETE', '/delivery');
  await t.settle();
  expect(await refundRows(code)).toEqual([{ amount: '4000', state: 'DONE', origin: 'GATEWAY' }]);
  expect(await refundOf(code, 6_001)).toMatchObject({ status: 409, body: { refundable: 6_000 } });
});

test('what was given back before there was a ledger is not taken for new', async () => {
  const { code, guestToken } = await bookAndPay();
  const intent = await intentOf(code);
  for (const amount of [1_000, 2_000]) await t.control('POST', '/refunds', { payment_intent: intent, amount });
  await t.reaches(guestToken, { paidAmount: 7_000 });
  // As the migration writes it: without the gateway's name for it.
  await t.database.sql(
    `WITH b AS (SELECT id FROM bookings WHERE code = $1)
     UPDATE refunds r SET gateway_refund_id = NULL FROM b WHERE r.booking_id = b.id`,
    [code],
  );
  await t.control('POST', '/refunds', { payment_intent: intent, amount: 500 });
  await t.reaches(guestToken, { paidAmount: 6_500 });
  expect((await refundRows(code)).map(({ amount }) => amount)).toEqual(['1000', '2000', '500']);
});

test('a refund the bank sends back is paid again until then, and asked for once more', async () => {
  const { code } = await bookAndPay();
  await refundOf(code, 10_000);
  const [refund] = await refundsAtGateway(code);
  await t.control('POST', `/refunds/${refund?.id ?? ''}/fail`);
  await t.reachesAtDesk(hotel, code, {
    paidAmount: 10_000,
    refunds: [{ state: 'CANCELLED' }, { state: 'PENDING', amount: 10_000 }],
  });
  await t.database.travel('6 minutes');
  await t.reachesAtDesk(hotel, code, { paidAmount: 0, refunds: [{ state: 'CANCELLED' }, { state: 'DONE' }] });
  expect((await refundsAtGateway(code)).map(({ status }) => status)).toEqual(['failed', 'succeeded']);
});

test('after the stay a refund takes back what was earned, its part of the tax too', async () => {
  const { code } = await bookAndPay();
  await t.database.sql(
    `UPDATE bookings SET price = price || '{"taxAmount": 1189, "taxes": [{"name": "VAT", "rateBps": 1350, "inclusive": true, "amount": 1189}]}' WHERE code = $1`,
    [code],
  );
  await t.database.travel('31 days');
  expect((await staff(code, 'no-show', {})).body).toMatchObject({ status: 'NO_SHOW', paidAmount: 10_000 });
  const earned = () =>
    t.database.sql(
      `SELECT a.kind, sum(CASE t.kind WHEN 'EARNED' THEN t.amount ELSE -t.amount END)::int AS sum
       FROM ledger_transfers t JOIN bookings b ON b.id = t.booking_id
       JOIN ledger_accounts a ON a.id IN (t.debit_account_id, t.credit_account_id) AND a.kind IN ('TAX', 'REVENUE')
       WHERE b.code = $1 GROUP BY 1 ORDER BY 1`,
      [code],
    );
  expect(await earned()).toEqual([
    { kind: 'REVENUE', sum: 8_811 },
    { kind: 'TAX', sum: 1_189 },
  ]);
  expect((await refundOf(code, 5_000)).status).toBe(200);
  expect(await earned()).toEqual([
    { kind: 'REVENUE', sum: 4_405 },
    { kind: 'TAX', sum: 595 },
  ]);
});

test('a desk clerk can not refund, nor cancel on other terms than the policy', async () => {
  const { code } = await bookAndPay();
  const { id: userId } = await t.ctx.db.user.findUniqueOrThrow({ where: { email: 'frontdesk@harbour-hotel.example' } });
  await t.ctx.db.membership.create({ data: { userId, propertyId: hotel.propertyId, role: 'FRONT_DESK' } });
  const token = await t.tokenFor('frontdesk@harbour-hotel.example');
  const asClerk = (action: string, body: object) => t.call('POST', `${hotel.desk}/${code}/${action}`, { token, body });
  expect((await asClerk('refunds', { amount: 1, reason: 'x' })).status).toBe(403);
  expect((await asClerk('cancel', { refundPercent: 100, reason: 'x' })).status).toBe(403);
  expect((await staff(code, 'cancel', { refundPercent: 100 })).body).toMatchObject({
    code: 'validation_failed',
    errors: [{ path: 'reason' }],
  });
  expect((await asClerk('cancel', {})).status).toBe(200);
});

test('a dry run of a refund says what would be, and nothing is', async () => {
  const { code } = await bookAndPay();
  const dry = await staff(code, 'refunds', { amount: 1_000, reason: 'x' }, { prefer: 'dry-run' });
  expect(dry).toMatchObject({ status: 200, body: { amount: 1_000, state: 'PENDING' } });
  expect(await refundRows(code)).toEqual([]);
});
