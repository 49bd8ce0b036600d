import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cloneDatabase } from '../../support/database/database.ts';
import type { TestDatabase } from '../../support/database/database.ts';
import { buildStranger, refusalOf } from '../../support/database/rows.ts';
import type { Row, Stranger } from '../../support/database/rows.ts';

// What the database promises of money whoever writes to it.

let database: TestDatabase;
let stranger: Stranger;
let accounts: Record<'wallet' | 'gateway' | 'credits' | 'refunds' | 'booking' | 'revenue', string>;

beforeAll(async () => {
  database = await cloneDatabase();
  stranger = await buildStranger(database);
  await database.sql('INSERT INTO ledgers (property_id) VALUES ($1) ON CONFLICT DO NOTHING', [stranger.propertyId]);
  accounts = {
    wallet: await open({ kind: 'WALLET', customer_id: stranger.customerId }),
    gateway: await open({ kind: 'GATEWAY', currency: 'XXA' }),
    credits: await open({ kind: 'CREDITS' }),
    refunds: await open({ kind: 'REFUNDS' }),
    booking: await open({ kind: 'BOOKING', booking_id: await stranger.insertBooking() }),
    revenue: await open({ kind: 'REVENUE' }),
  };
  await move('credits', 'wallet', 100);
});
afterAll(async () => {
  // Whatever was tried, the sum is what it was, and the balances are those of the transfers.
  const [sum] = await database.sql<{ sum: string }>('SELECT sum(balance)::text AS sum FROM ledger_accounts');
  const wrong = await database.sql(
    `SELECT a.id FROM ledger_accounts a WHERE balance <> (
       SELECT coalesce(sum(CASE a.id WHEN credit_account_id THEN amount ELSE -amount END), 0) FROM ledger_transfers
       WHERE a.id IN (credit_account_id, debit_account_id))`,
  );
  await database.drop();
  expect({ sum: sum?.sum, wrong }).toEqual({ sum: '0', wrong: [] });
});

/** Another currency than the demo data's, so that every account is new. */
const open = (row: Row) =>
  stranger.insert('ledger_accounts', { id: randomUUID(), property_id: stranger.propertyId, currency: 'XXX', ...row });
const move = (from: keyof typeof accounts, to: keyof typeof accounts, amount: number, row: Row = {}) =>
  stranger.insert('ledger_transfers', {
    property_id: stranger.propertyId,
    kind: 'WALLET_CREDIT',
    amount,
    actor_type: 'SYSTEM',
    debit_account_id: accounts[from],
    credit_account_id: accounts[to],
    ...row,
  });
const balanceOf = async (name: keyof typeof accounts) =>
  Number(
    (await database.sql<{ balance: string }>('SELECT balance FROM ledger_accounts WHERE id = $1', [accounts[name]]))[0]
      ?.balance,
  );
const tryTo = (sql: string, values: unknown[] = []) => refusalOf(database.sql(sql, values));

describe('accounts', () => {
  test('a transfer moves both balances at once', async () => {
    const [wallet, credits] = [await balanceOf('wallet'), await balanceOf('credits')];
    await move('credits', 'wallet', 7);
    expect([await balanceOf('wallet'), await balanceOf('credits')]).toEqual([wallet + 7, credits - 7]);
    await move('wallet', 'credits', 7);
    expect([await balanceOf('wallet'), await balanceOf('credits')]).toEqual([wallet, credits]);
  });

  test.each([
    ['a balance', 'balance = balance + 1'],
    ['a balance to what it would be without a transfer', 'balance = 0'],
    ['whose it is', 'customer_id = NULL'],
    ['what it is', `kind = 'REVENUE'`],
    ['its currency', `currency = 'EUR'`],
    ['its property', `property_id = (SELECT id FROM properties WHERE slug = 'glow-medspa')`],
  ])('nobody changes %s by hand', async (_, change) => {
    expect(await tryTo(`UPDATE ledger_accounts SET ${change} WHERE id = $1`, [accounts.wallet])).toBe(
      'ledger_accounts_follow_transfers',
    );
  });

  test('none is deleted, nor opened with money in it', async () => {
    expect(await tryTo('DELETE FROM ledger_accounts WHERE id = $1', [accounts.revenue])).toBe(
      'ledger_accounts_follow_transfers',
    );
    for (const row of [{ balance: 1 }, { reserved: 1 }, { balance: 1, reserved: 1 }]) {
      const customer = await stranger.insert('customers', {
        id: randomUUID(),
        property_id: stranger.propertyId,
        email_normalized: `${randomUUID()}@example.com`,
        first_name: 'Any',
        last_name: 'Body',
        email: 'any@example.com',
      });
      expect(await refusalOf(open({ kind: 'WALLET', customer_id: customer, ...row }))).toBe(
        'ledger_accounts_follow_transfers',
      );
    }
    expect(await tryTo('TRUNCATE ledger_accounts CASCADE')).not.toBe('accepted');
  });

  test('there is one for one thing, and each is of the thing its kind says', async () => {
    expect(await refusalOf(open({ kind: 'REVENUE' }))).toBe('ledger_accounts_once');
    expect(await refusalOf(open({ kind: 'WALLET', customer_id: stranger.customerId }))).toBe('ledger_accounts_once');
    for (const row of [{ kind: 'WALLET' }, { kind: 'BOOKING' }, { kind: 'MANUAL' }, { kind: 'TAX', method: 'CASH' }]) {
      expect(await refusalOf(open(row))).toBe('ledger_accounts_of_something');
    }
  });
});

describe('transfers', () => {
  test.each([
    ['UPDATE ledger_transfers SET amount = amount + 1'],
    [`UPDATE ledger_transfers SET reason = 'another'`],
    ['UPDATE ledger_transfers SET debit_account_id = credit_account_id, credit_account_id = debit_account_id'],
    ['DELETE FROM ledger_transfers'],
    ['TRUNCATE ledger_transfers'],
  ])('are neither changed nor deleted: %s', async (sql) => {
    const before = await database.sql('SELECT * FROM ledger_transfers ORDER BY id');
    expect(await tryTo(sql)).toBe('ledger_transfers_append_only');
    expect(await database.sql('SELECT * FROM ledger_transfers ORDER BY id')).toEqual(before);
  });

  test.each([
    ['nothing', 0],
    ['less than nothing', -1],
  ])('move %s never', async (_, amount) => {
    expect(await refusalOf(move('credits', 'revenue', amount))).toBe('ledger_transfers_amount_positive');
  });

  test('have two ends, in one ledger and one currency', async () => {
    await database.sql(
      `INSERT INTO ledgers SELECT id FROM properties WHERE slug = 'glow-medspa' ON CONFLICT DO NOTHING`,
    );
    const [other] = await database.sql<{ id: string }>(
      `INSERT INTO ledger_accounts (id, property_id, kind, currency)
       SELECT gen_random_uuid(), id, 'REVENUE', 'XXX' FROM properties WHERE slug = 'glow-medspa' RETURNING id`,
    );
    expect(await refusalOf(move('credits', 'credits', 1))).toBe('ledger_transfers_two_ends');
    expect(await refusalOf(move('credits', 'gateway', 1))).toBe('ledger_transfers_post');
    expect(await refusalOf(move('credits', 'revenue', 1, { credit_account_id: other?.id }))).toBe(
      'ledger_transfers_post',
    );
    expect(await refusalOf(move('credits', 'revenue', 1, { credit_account_id: randomUUID() }))).toBe(
      'ledger_transfers_post',
    );
  });

  test('of one payment come once, and so do those of one refund', async () => {
    const [payment_id, refund_id, dispute_id] = [randomUUID(), randomUUID(), randomUUID()];
    const paid = { kind: 'PAYMENT', payment_id };
    await move('credits', 'booking', 10, paid);
    expect(await refusalOf(move('credits', 'booking', 10, paid))).toBe('ledger_transfers_payment_once');
    await move('booking', 'refunds', 4, { kind: 'REFUND', refund_id });
    expect(await refusalOf(move('booking', 'refunds', 4, { kind: 'REFUND', refund_id }))).toBe(
      'ledger_transfers_refund_once',
    );
    await move('refunds', 'credits', 4, { kind: 'PAYOUT', refund_id });
    await move('booking', 'refunds', 1);
    expect(await refusalOf(move('refunds', 'credits', 1, { kind: 'PAYOUT', refund_id }))).toBe(
      'ledger_transfers_refund_once',
    );
    await move('credits', 'revenue', 1, { kind: 'DISPUTE', dispute_id });
    expect(await refusalOf(move('credits', 'revenue', 1, { kind: 'DISPUTE', dispute_id }))).toBe(
      'ledger_transfers_dispute_once',
    );
  });
});

describe('what is not there is not spent', () => {
  test('no wallet goes below zero', async () => {
    const balance = await balanceOf('wallet');
    expect(await refusalOf(move('wallet', 'credits', balance + 1))).toBe('wallets_not_negative');
    expect(await balanceOf('wallet')).toBe(balance);
  });

  test('what is set aside in a wallet is not spent on something else, and no more is set aside than is there', async () => {
    const balance = await balanceOf('wallet');
    const reserve = (amount: number) =>
      tryTo('UPDATE ledger_accounts SET reserved = $2 WHERE id = $1', [accounts.wallet, amount]);
    expect(await reserve(balance + 1)).toBe('wallets_not_negative');
    expect(await reserve(-1)).toBe('wallets_not_negative');
    expect(await reserve(balance - 30)).toBe('accepted');
    expect(await refusalOf(move('wallet', 'credits', 31))).toBe('wallets_not_negative');
    await move('wallet', 'credits', 30);
    expect(await reserve(0)).toBe('accepted');
    expect(await tryTo('UPDATE ledger_accounts SET reserved = 1 WHERE id = $1', [accounts.revenue])).toBe(
      'wallets_not_negative',
    );
    await move('credits', 'wallet', 30);
  });

  test('no more of a booking’s money is given back than came in, and no more is paid out than was set aside', async () => {
    const overdrawn = 'ledger_accounts_not_overdrawn';
    expect(await refusalOf(move('booking', 'refunds', (await balanceOf('booking')) + 1))).toBe(overdrawn);
    expect(await refusalOf(move('refunds', 'gateway', (await balanceOf('refunds')) + 1))).toBe(overdrawn);
  });

  test.each([
    [{ wallet_amount: -1 }, 'payments_wallet_part_valid'],
    [{ wallet_amount: 0, is_wallet_held: true }, 'payments_wallet_part_valid'],
    [{ wallet_amount: 1, is_wallet_held: true }, 'accepted'],
  ])('of a payment with %j the database says %s', async (row, answer) => {
    const insert = stranger.insert('payments', {
      id: randomUUID(),
      booking_id: await stranger.insertBooking(),
      property_id: stranger.propertyId,
      currency: 'EUR',
      provider: 'STRIPE',
      method: 'CARD',
      stage: 'NONE',
      amount: 1,
      ...row,
    });
    expect(await refusalOf(insert)).toBe(answer);
  });
});
