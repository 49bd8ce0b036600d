import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { syncStalePayments } from '../../../../src/services/money/gateway/sync/sync-stale-payments.ts';
import { expireHolds } from '../../../../src/services/selling/hold/expire-holds.ts';
import { openBank } from '../../../support/money/bank.ts';
import type { Bank } from '../../../support/money/bank.ts';
import { stayBody } from '../../../support/hotel/build.ts';
import { playRounds } from '../../../support/race.ts';
import { startPayingApp } from '../../../support/sandbox/sandbox.ts';
import type { PayingApp } from '../../../support/sandbox/sandbox.ts';
import { bookWithWallet } from '../../../support/money/wallet-payer.ts';

let t: PayingApp;
let bank: Bank;

beforeAll(async () => {
  t = await startPayingApp({ LOG_LEVEL: 'error' });
  bank = await openBank(t);
});
afterEach(async () => {
  await expireHolds(t.ctx);
  await bank.rest();
});
afterAll(() => t.close());

/** As after a move to another account at the gateway: it says that there is no such page. */
const loseThePageOf = (code: string) =>
  t.database.sql(
    `UPDATE payments SET session_id = 'cs_gone_' || id WHERE booking_id = (SELECT id FROM bookings WHERE code = $1)`,
    [code],
  );

const stageOf = async (code: string) => {
  const [row] = await t.database.sql<{ stage: string }>(
    'SELECT p.stage FROM payments p JOIN bookings b ON b.id = p.booking_id WHERE b.code = $1',
    [code],
  );
  return row?.stage;
};

test('payments the gateway knows nothing of keep no other from being looked up', async () => {
  // Somebody new each time: one person holds at most fifty unpaid bookings.
  await playRounds(51, async (round) => {
    const somebody = { firstName: 'Aoife', lastName: 'Byrne', email: `guest${String(round)}@example.com` };
    await loseThePageOf((await t.bookAndOpen(bank.hotel.path, stayBody({ guest: somebody }))).code);
  });
  await t.control('POST', '/delivery', { paused: true });
  const { code, url } = await t.bookAndOpen(bank.hotel.path, stayBody());
  await t.payOn(url);
  await t.database.travel('40 minutes');
  expect(await syncStalePayments(t.ctx)).toBe(52);
  expect(await bank.see(code)).toMatchObject({ payments: [{ stage: 'CAPTURING' }] });
});

test('a page that the gateway has not known for a day ends, and its part of the wallet is free again', async () => {
  const { code, open, wallet } = await bookWithWallet(t, bank.hotel);
  await open(3_000);
  await loseThePageOf(code);
  await t.database.travel('23 hours');
  await syncStalePayments(t.ctx);
  expect(await stageOf(code)).toBe('SESSION_CREATED');
  expect(await wallet()).toEqual({ balance: 5_000, reserved: 3_000 });
  await t.database.travel('25 hours');
  await syncStalePayments(t.ctx);
  expect(await stageOf(code)).toBe('FAILED');
  expect(await wallet()).toEqual({ balance: 5_000, reserved: 0 });
  expect(await syncStalePayments(t.ctx)).toBe(0);
});

test('money that may have been taken is not given up because the gateway does not know of it', async () => {
  const { code } = await t.bookAndOpen(bank.hotel.path, stayBody());
  await loseThePageOf(code);
  const setStage = (stage: string) =>
    t.database.sql(`UPDATE payments SET stage = $1 WHERE session_id LIKE 'cs_gone%' AND stage <> 'FAILED'`, [stage]);
  await setStage('CAPTURING');
  await t.database.travel('25 hours');
  expect(await syncStalePayments(t.ctx)).toBe(1);
  expect(await stageOf(code)).toBe('CAPTURING');
  await setStage('FAILED');
  await t.database.sql(`UPDATE bookings SET payment_stage = 'FAILED' WHERE code = $1`, [code]);
});

test('what is stale is found without reading the payments that are settled', async () => {
  const { code } = await bank.bookAndPay();
  await t.database.sql(
    `INSERT INTO payments (id, booking_id, property_id, currency, provider, method, purpose, amount, stage, session_id)
     SELECT gen_random_uuid(), booking_id, property_id, currency, provider, method, purpose, amount, 'VOIDED', 'cs_old_' || n
     FROM payments, generate_series(1, 5000) n WHERE booking_id = (SELECT id FROM bookings WHERE code = $1)`,
    [code],
  );
  await t.database.sql('ANALYZE');
  const read = await t.ctx.db.$transaction(async (tx) => {
    const ctx = { ...t.ctx, db: tx as typeof t.ctx.db };
    const countRead = async () => {
      const rows = await tx.$queryRaw<{ count: number }[]>`
        SELECT (seq_tup_read + coalesce(idx_tup_fetch, 0))::int AS count
        FROM pg_stat_xact_user_tables WHERE relname = 'payments'`;
      return rows[0]?.count ?? 0;
    };
    // The planner may find a small table cheaper to read whole; the promise is that it need not.
    await tx.$executeRaw`SET LOCAL enable_seqscan = off`;
    // The session counts what it has read since its last report, also before this transaction.
    const before = await countRead();
    expect(await syncStalePayments(ctx)).toBe(0);
    const after = await countRead();
    // What is read shows in the counter: here all of them.
    await tx.$queryRaw`SELECT sum(amount)::text FROM payments`;
    expect((await countRead()) - after).toBeGreaterThanOrEqual(5_000);
    return after - before;
  });
  expect(read).toBeLessThan(500);
});
