import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { transaction } from '../../../../src/db/transaction.ts';
import { SYSTEM_AUTHOR } from '../../../../src/domain/booking/booking.ts';
import { postTransfers } from '../../../../src/services/money/ledger/post-transfers.ts';
import { reconcileDaily } from '../../../../src/services/money/reconciliation/reconcile-daily.ts';
import { travelTo } from '../../../support/database/clock.ts';
import { daysAhead } from '../../../support/hotel/build.ts';
import {
  bookAndPay,
  idsOf,
  REFUND_EVENTS,
  report,
  whileNothingIsHeard,
} from '../../../support/money/reconciliation.ts';
import { startPayingApp } from '../../../support/sandbox/sandbox.ts';
import type { PaidHotel, PayingApp } from '../../../support/sandbox/sandbox.ts';

let t: PayingApp;
let hotel: PaidHotel;

beforeAll(async () => {
  t = await startPayingApp({ LOG_LEVEL: 'error' });
});
afterEach(async () => {
  await t.control('DELETE', '/faults');
  await t.database.travel('0');
  await t.database.sql('DELETE FROM reconciliations');
  t.logged.length = 0;
});
afterAll(() => t.close());

/** What was kept of the comparisons of our hotel, oldest first. */
const kept = () =>
  t.database.sql<{ on_date: string; is_balanced: boolean | null; differences: object[] }>(
    'SELECT on_date::text, is_balanced, differences FROM reconciliations WHERE property_id = $1 ORDER BY on_date',
    [hotel.propertyId],
  );
const told = () =>
  t.database.sql(`SELECT data FROM outbox_messages WHERE type = 'reconciliation_difference' AND property_id = $1`, [
    hotel.propertyId,
  ]);
const balanced = (date: string) => ({ on_date: date, is_balanced: true, differences: [] });

/** A refund of 40.00 in the dashboard of which we do not hear. Answers the booking. */
async function loseRefund(): Promise<string> {
  const code = await bookAndPay(t, hotel);
  const { intentId } = await idsOf(t, code);
  await whileNothingIsHeard(t, REFUND_EVENTS, () =>
    t.control('POST', '/refunds', { payment_intent: intentId, amount: 4_000 }),
  );
  return code;
}

test('a difference is kept, told to staff once, logged with its booking, and looked up', async () => {
  hotel = await t.hotelOf('AUTOMATIC');
  const code = await loseRefund();
  await travelTo(t.database, `${daysAhead(1)}T12:00:00Z`);
  expect(await reconcileDaily(t.ctx)).toBeGreaterThan(1);
  const difference = { kind: 'refund_differs', expected: 0, found: 4_000, currency: 'EUR' };
  expect(await kept()).toMatchObject([
    { on_date: daysAhead(1), is_balanced: false, differences: [{ ...difference, bookingCode: code }] },
  ]);
  expect(await told()).toEqual([{ data: {} }]);
  expect(t.logged).toMatchObject([
    { event: 'reconciliation/difference', slug: hotel.slug, differences: [{ ...difference, code }] },
  ]);
  expect((await report(t, hotel)).body.balanced).toBe(true);
  expect(await reconcileDaily(t.ctx)).toBe(0);
  expect(await told()).toHaveLength(1);
});

test('of two servers that begin at once, one compares and tells', async () => {
  hotel = await t.hotelOf('AUTOMATIC');
  await loseRefund();
  await travelTo(t.database, `${daysAhead(1)}T12:00:00Z`);
  const properties = await t.ctx.db.property.count();
  const counts = await Promise.all([reconcileDaily(t.ctx), reconcileDaily(t.ctx), reconcileDaily(t.ctx)]);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(properties);
  expect(await kept()).toHaveLength(1);
  expect(await told()).toHaveLength(1);
});

test('it looks at three days, each property at its own, and not before the day is an hour old', async () => {
  hotel = await t.hotelOf('AUTOMATIC');
  await loseRefund();
  await travelTo(t.database, `${daysAhead(5)}T12:00:00Z`);
  await reconcileDaily(t.ctx);
  expect(await kept()).toEqual([balanced(daysAhead(5))]);
  await t.database.sql(`UPDATE properties SET timezone = 'UTC' WHERE id = $1`, [hotel.propertyId]);
  await travelTo(t.database, `${daysAhead(7)}T00:30:00Z`);
  await reconcileDaily(t.ctx);
  await travelTo(t.database, `${daysAhead(7)}T01:30:00Z`);
  await reconcileDaily(t.ctx);
  expect(await kept()).toEqual([5, 6, 7].map((days) => balanced(daysAhead(days))));
});

test('a comparison that a crash cut off is made again, after an hour', async () => {
  hotel = await t.hotelOf('AUTOMATIC');
  await travelTo(t.database, `${daysAhead(1)}T12:00:00Z`);
  await t.database.sql('INSERT INTO reconciliations (property_id, on_date) VALUES ($1, $2)', [
    hotel.propertyId,
    daysAhead(1),
  ]);
  await reconcileDaily(t.ctx);
  expect(await kept()).toMatchObject([{ is_balanced: null }]);
  await travelTo(t.database, `${daysAhead(1)}T13:01:00Z`);
  expect(await reconcileDaily(t.ctx)).toBe(1);
  expect(await kept()).toEqual([balanced(daysAhead(1))]);
});

test('while the gateway does not answer nothing is said, and it is tried again the next time', async () => {
  hotel = await t.hotelOf('AUTOMATIC');
  await t.control('POST', '/faults', {
    path: '/v1/balance_transactions',
    kind: 'error_before',
    status: 503,
    times: 999,
  });
  expect(await reconcileDaily(t.ctx)).toBe(0);
  expect(await kept()).toEqual([]);
  expect(t.logged).toMatchObject([{ event: 'job/reconcile-daily', outcome: 'gateway_unavailable' }]);
  await t.control('DELETE', '/faults');
  expect(await reconcileDaily(t.ctx)).toBe(await t.ctx.db.property.count());
  expect(await kept()).toMatchObject([{ is_balanced: true }]);
});

test('one page that is lost on the way spoils no comparison', async () => {
  hotel = await t.hotelOf('AUTOMATIC');
  await t.control('POST', '/faults', { path: '/v1/balance_transactions', kind: 'error_before', status: 503, times: 2 });
  expect(await reconcileDaily(t.ctx)).toBe(await t.ctx.db.property.count());
});

test('who stops asks nothing more, and leaves the day to others', async () => {
  hotel = await t.hotelOf('AUTOMATIC');
  const stopping = new AbortController();
  await t.control('POST', '/faults', {
    path: '/v1/balance_transactions',
    kind: 'error_before',
    status: 503,
    times: 999,
  });
  const running = reconcileDaily({ ...t.ctx, stopping: stopping.signal });
  stopping.abort();
  expect(await running).toBe(0);
  expect(await t.database.sql('SELECT 1 FROM reconciliations')).toEqual([]);
  expect(t.logged).toEqual([]);
});

test('what somebody has done to the books themselves is named, whatever it is', async () => {
  hotel = await t.hotelOf('AUTOMATIC');
  const { propertyId } = hotel;
  const [changed, invented] = [await bookAndPay(t, hotel), await bookAndPay(t, hotel)];
  const sql = (query: string, values: unknown[]) => t.database.sql(query, values);
  const paymentOf = async (code: string) => (await idsOf(t, code)).paymentId;
  await sql('UPDATE payments SET amount = 9000 WHERE id = $1', [await paymentOf(changed)]);
  const { id: bookingId } = await t.ctx.db.booking.findUniqueOrThrow({ where: { code: invented } });
  const card = { provider: 'STRIPE', method: 'CARD', stage: 'CAPTURED', currency: 'EUR' } as const;
  const { id: paymentId } = await t.ctx.db.payment.create({
    data: { ...card, propertyId, bookingId, amount: 700, intentId: 'pi_nowhere' },
  });
  const [from, to] = [{ kind: 'GATEWAY' } as const, { kind: 'BOOKING', bookingId } as const];
  const transfer = { kind: 'PAYMENT', from, to, bookingId } as const;
  await transaction(t.ctx, (tx) =>
    postTransfers(tx, {
      propertyId,
      currency: 'EUR',
      author: SYSTEM_AUTHOR,
      transfers: [
        { ...transfer, amount: 700, paymentId },
        { ...transfer, amount: 55 },
      ],
    }),
  );
  await sql('ALTER TABLE ledger_accounts DISABLE TRIGGER ledger_accounts_follow_transfers', []);
  await sql(`UPDATE ledger_accounts SET balance = balance + 5 WHERE kind = 'GATEWAY' AND property_id = $1`, [
    propertyId,
  ]);
  const { body } = await report(t, hotel);
  const line = (kind: string, bookingCode: string | null, expected: number, found: number, payment?: string) => ({
    kind,
    bookingCode,
    expected,
    found,
    currency: 'EUR',
    disputeIds: [],
    paymentId: payment ?? null,
  });
  expect(body.differences).toEqual([
    line('missing_at_gateway', invented, 700, 0, paymentId),
    line('payment_against_ledger', changed, 9_000, 10_000, await paymentOf(changed)),
    line('missing_at_gateway', invented, 55, 0),
    line('ledger_imbalance', null, 0, 5),
  ]);
});
