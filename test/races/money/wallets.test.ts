import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { transaction } from '../../../src/db/transaction.ts';
import { AppError } from '../../../src/errors.ts';
import { postTransfers } from '../../../src/services/money/ledger/post-transfers.ts';
import type { Transfer } from '../../../src/services/money/ledger/post-transfers.ts';
import { creditWallet } from '../../../src/services/money/wallet/credit-wallet.ts';
import { debitWallet } from '../../../src/services/money/wallet/debit-wallet.ts';
import { startTestApp } from '../../support/server/app.ts';
import type { TestApp } from '../../support/server/app.ts';
import { openDesk } from '../../support/hotel/desk.ts';
import type { Desk } from '../../support/hotel/desk.ts';
import { findViolations } from '../../support/database/invariants.ts';
import { countDeadlocks, insist, playRounds, seededRandom } from '../../support/race.ts';
import { addCustomer, changeWallet, customerOf, findLedgerFaults } from '../../support/money/wallet.ts';
import { requestOf } from '../../support/server/request-of.ts';
import { trials } from '../../support/tier/trials.ts';

const BATCH = 8;
/** A third of the rounds are batches. */
const { count: ROUNDS, repeats } = trials('wallets', {
  small: 450,
  middle: 1_500,
  full: 36_000,
  each: (2 + BATCH) / 3,
});
const TRANSFERS = ROUNDS + Math.ceil(ROUNDS / 3) * (BATCH - 1);
const WALLETS = 20;
const CONTENDERS = 50;

let t: TestApp;
let desk: Desk;

beforeAll(async () => {
  t = await startTestApp({ LOG_LEVEL: 'error' });
});
afterEach(async () => {
  expect(await findLedgerFaults(t, desk.hotel.propertyId)).toEqual([]);
  expect(await findViolations(t.ctx)).toEqual([]);
});
afterAll(() => t.close());

/** Somebody with so many bookings of 30.00 and 100.00 in the wallet. Answers the links that may spend it. */
async function bookOften(count: number): Promise<{ customer: string; tokens: string[] }> {
  desk = await openDesk(t, { rooms: count, roomType: { basePrice: 3_000 } });
  const codes: string[] = [];
  await playRounds(count, async () => void codes.push((await desk.book()).code));
  const tokens: string[] = [];
  await playRounds(count, async (round) => {
    const link = await desk.call('POST', `/bookings/${String(codes[round])}/guest-link`, { body: {} });
    tokens.push(link.body.guestToken as string);
  });
  const customer = await customerOf(t, codes[0] ?? '');
  await changeWallet(desk, customer, 10_000);
  return { customer, tokens };
}

const payWithWallet = (token: string) =>
  t.call('POST', '/v1/guest/booking/payment-session', { token, body: { walletAmount: 3_000 } });

test('a wallet with 100 by 50 parallel payments of 30: three succeed, 10 are left', async () => {
  const { customer, tokens } = await bookOften(CONTENDERS);
  const answers = await Promise.all(tokens.map((token) => insist(() => payWithWallet(token))));
  const outcomes = answers.map(({ body }) => (body.stage ?? body.code) as string).toSorted();
  expect(outcomes).toEqual([
    ...Array.from({ length: 3 }, () => 'CAPTURED'),
    ...Array.from({ length: CONTENDERS - 3 }, () => 'insufficient_wallet_balance'),
  ]);
  const wallet = await desk.call('GET', `/customers/${customer}/wallet`);
  expect(wallet.body).toMatchObject({ balance: 1_000, reserved: 0 });
  expect(wallet.body.items).toHaveLength(4);
  const confirmed = await desk.call('GET', '/bookings?status=CONFIRMED');
  expect(confirmed.body.items).toMatchObject(Array.from({ length: 3 }, () => ({ paidAmount: 3_000, balanceDue: 0 })));
});

test('payments, debits, credits and cancellations of one wallet at once: every cent is where the bookings say', async () => {
  const { customer, tokens } = await bookOften(30);
  const change = (verb: string) =>
    desk.call('POST', `/customers/${customer}/wallet/${verb}`, { body: { amount: 1_000, reason: 'Race' } });
  const cancel = (token: string) => t.call('POST', '/v1/guest/booking/cancel', { token, body: {} });
  const deeds = tokens.flatMap((token, index) => [
    () => payWithWallet(token),
    ...(index % 3 === 0 ? [() => cancel(token), () => change('debits'), () => change('credits')] : []),
  ]);
  const answers = await Promise.all(deeds.map((deed) => insist(deed)));
  expect([...new Set(answers.map(({ status }) => status))].filter((status) => ![200, 409].includes(status))).toEqual(
    [],
  );
  const count = (credits: boolean) =>
    answers.filter(
      ({ status, body }) => status === 200 && body.items?.[0]?.kind === (credits ? 'WALLET_CREDIT' : 'WALLET_DEBIT'),
    ).length;
  const paid = (await desk.call('GET', '/bookings?status=CONFIRMED&limit=200')).body.items.length as number;
  const [row] = await t.database.sql<{ given: string; taken: string }>(
    `SELECT sum(amount) FILTER (WHERE kind = 'WALLET_CREDIT')::text AS given, sum(amount) FILTER (WHERE kind = 'WALLET_DEBIT')::text AS taken
     FROM ledger_transfers WHERE property_id = $1`,
    [desk.hotel.propertyId],
  );
  const { body } = await desk.call('GET', `/customers/${customer}/wallet`);
  expect(body.balance).toBe(Number(row?.given) - Number(row?.taken) - 3_000 * paid);
  expect(Number(row?.given)).toBe(20_000);
  expect(count(true)).toBeGreaterThan(0);
});

test(
  `${String(TRANSFERS)} wallet transfers side by side: every read of the sum is the same, and no wallet is ever below zero`,
  { repeats },
  async () => {
    desk = await openDesk(t);
    const { seed, upTo } = seededRandom();
    const { propertyId } = desk.hotel;
    const wallets = await Promise.all(Array.from({ length: WALLETS }, () => addCustomer(t, propertyId)));
    const expected = new Map(wallets.map((id) => [id, 0]));
    const actor = { type: 'STAFF', id: null, name: 'Sam' } as const;
    const draw = () => ({ customerId: wallets[upTo(WALLETS)] ?? '', amount: 1 + upTo(500), isCredit: upTo(2) === 0 });
    const count = { done: 0, refused: 0 };
    /** All of it or nothing; what is refused counts too, because it must leave no trace. */
    const make = async (changes: ReturnType<typeof draw>[], write: () => Promise<unknown>): Promise<void> => {
      try {
        await write();
      } catch (error) {
        const code = error instanceof AppError ? error.code : null;
        // A machine that is busy says so, and nothing has happened.
        if (code === 'overloaded') return make(changes, write);
        if (code !== 'insufficient_wallet_balance') throw error;
        count.refused += changes.length;
        return;
      }
      count.done += changes.length;
      for (const { customerId: id, amount, isCredit } of changes) {
        expected.set(id, (expected.get(id) ?? 0) + (isCredit ? amount : -amount));
      }
    };
    /** As staff do it, one by one. */
    const single = () => {
      const { isCredit, ...change } = draw();
      const input = { ...change, propertyId, reason: 'Race' };
      return make([{ ...change, isCredit }], () =>
        (isCredit ? creditWallet : debitWallet)(requestOf(t.ctx, actor), input),
      );
    };
    /** Several wallets in one transaction, in no order. */
    const batch = () => {
      const changes = Array.from({ length: BATCH }, draw);
      const transfers = changes.map(({ customerId, amount, isCredit }): Transfer => {
        const wallet = { kind: 'WALLET', customerId } as const;
        return isCredit
          ? { kind: 'WALLET_CREDIT', from: { kind: 'CREDITS' }, to: wallet, amount }
          : { kind: 'WALLET_DEBIT', from: wallet, to: { kind: 'CREDITS' }, amount };
      });
      const posting = { propertyId, currency: 'EUR', author: { actor, requestId: null }, transfers };
      return make(changes, () => transaction(t.ctx, (tx) => postTransfers(tx, posting)));
    };

    const seen = { sums: new Set<string>(), reads: 0 };
    const read = async () => {
      const [row] = await t.database.sql<{ sum: string; lowest: string }>(
        `SELECT coalesce(sum(balance), 0)::text AS sum, coalesce(min(balance) FILTER (WHERE kind = 'WALLET'), 0)::text AS lowest
       FROM ledger_accounts WHERE property_id = $1`,
        [propertyId],
      );
      seen.sums.add(Number(row?.lowest) < 0 ? `a wallet with ${String(row?.lowest)}` : String(row?.sum));
      seen.reads += 1;
    };
    await playRounds(
      ROUNDS,
      async (round) => {
        await (round % 3 === 0 ? batch : single)();
        // Reads all the while, as the others go on.
        await read();
      },
      8,
    );
    expect([...seen.sums], `seed ${String(seed)}`).toEqual(['0']);
    expect(seen.reads).toBe(ROUNDS);
    expect(count.done + count.refused).toBe(TRANSFERS);
    expect(Math.min(count.done, count.refused)).toBeGreaterThan(0);
    const balances = await t.database.sql<{ customer_id: string; balance: string }>(
      `SELECT customer_id, balance::text FROM ledger_accounts WHERE property_id = $1 AND kind = 'WALLET'`,
      [propertyId],
    );
    const found = new Map(balances.map(({ customer_id: id, balance }) => [id, Number(balance)]));
    for (const [id, balance] of expected) expect(found.get(id) ?? 0, `seed ${String(seed)}`).toBe(balance);
  },
);

test('nobody waited for anybody in a circle', async () => {
  expect(await countDeadlocks(t.database)).toBe(0);
});
