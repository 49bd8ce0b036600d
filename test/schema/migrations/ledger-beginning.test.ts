import { readdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectDatabase } from '../../../src/db/connection/connect-database.ts';
import type { Db } from '../../../src/db/client.ts';
import { checkInvariants } from '../../../src/services/platform/ops/check-invariants.ts';
import { cloneDatabase } from '../../support/database/database.ts';
import type { TestDatabase } from '../../support/database/database.ts';

// What was paid and given back before there was a ledger is in it afterwards.

const MIGRATIONS = new URL('../../../prisma/migrations/', import.meta.url);
const BEGINNING = '20261120160000_ledger';

let database: TestDatabase;
let db: Db;

async function apply(isWanted: (name: string) => boolean): Promise<void> {
  const entries = await readdir(MIGRATIONS, { withFileTypes: true });
  for (const { name } of entries
    .filter((entry) => entry.isDirectory())
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (isWanted(name)) await database.sql(await readFile(new URL(`${name}/migration.sql`, MIGRATIONS), 'utf8'));
  }
}

/** A booking of 100.00, 12.00 of it tax, that has come to this status. */
async function book(status: string, paid: number): Promise<string> {
  const [row] = await database.sql<{ id: string }>(
    `INSERT INTO bookings (id, property_id, customer_id, code, kind, status, source, price, currency, total_payable, deposit_due,
       paid_amount, starts_at, ends_at, created_at, updated_at)
     SELECT gen_random_uuid(), p.id, c.id, next_booking_code('UTC'), 'STAY', 'CONFIRMED', 'STAFF',
       '{"taxAmount": 1200, "totalPayable": 10000, "lines": []}', 'EUR', 10000, 0, $1, app_now(), app_now() + interval '1 day', app_now(), app_now()
     FROM properties p, customers c RETURNING id`,
    [paid],
  );
  const id = row?.id ?? '';
  if (status === 'COMPLETED') await database.sql(`UPDATE bookings SET status = 'IN_HOUSE' WHERE id = $1`, [id]);
  if (status !== 'CONFIRMED')
    await database.sql(`UPDATE bookings SET status = $2::booking_status WHERE id = $1`, [id, status]);
  await database.sql(
    `INSERT INTO party_members (booking_id, role, first_name, last_name) VALUES ($1, 'PRIMARY', 'A', 'B')`,
    [id],
  );
  await database.sql(
    `INSERT INTO booking_events (booking_id, actor_type, action, to_status) VALUES ($1, 'SYSTEM', 'create', $2::booking_status)`,
    [id, status],
  );
  return id;
}

async function pay(bookingId: string, provider: string, amount: number, refunded: number): Promise<string> {
  const stage = refunded === 0 ? 'CAPTURED' : refunded === amount ? 'REFUNDED' : 'PARTIALLY_REFUNDED';
  const [row] = await database.sql<{ id: string }>(
    `INSERT INTO payments (id, property_id, booking_id, provider, method, stage, amount, currency, refunded_amount, purpose)
     SELECT gen_random_uuid(), property_id, id, $2, $3::payment_method, $4::payment_stage, $5, 'EUR', $6, NULL
     FROM bookings WHERE id = $1 RETURNING id`,
    [bookingId, provider, provider === 'STRIPE' ? 'CARD' : 'CASH', stage, amount, refunded],
  );
  return row?.id ?? '';
}

beforeAll(async () => {
  database = await cloneDatabase();
  await database.sql('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
  await apply((name) => name < BEGINNING);
  await database.sql(
    `INSERT INTO properties (id, slug, name, timezone, currency) VALUES (gen_random_uuid(), 'old', 'Old', 'UTC', 'EUR');
     INSERT INTO customers (id, property_id, email_normalized, first_name, last_name, email)
     SELECT gen_random_uuid(), id, 'a@example.com', 'A', 'B', 'a@example.com' FROM properties`,
  );
  const live = await book('CONFIRMED', 10_000);
  await pay(live, 'STRIPE', 10_000, 0);
  const left = await book('COMPLETED', 9_000);
  await pay(left, 'STRIPE', 5_000, 1_000);
  await pay(left, 'MANUAL', 5_000, 0);
  const off = await book('CANCELLED', 7_000);
  const card = await pay(off, 'STRIPE', 4_000, 0);
  await pay(off, 'MANUAL', 3_000, 0);
  await database.sql(
    `INSERT INTO gateway_operations (id, property_id, booking_id, payment_id, kind, params, state, actor_type)
     SELECT gen_random_uuid(), property_id, booking_id, id, 'REFUND', '{"amount": 4000, "refundedBefore": 0}', 'UNKNOWN', 'STAFF'
     FROM payments WHERE id = $1`,
    [card],
  );
  await book('CONFIRMED', 0);
  await apply((name) => name >= BEGINNING);
  db = connectDatabase({ url: database.url, poolSize: 1, onPoolError: () => undefined });
});
afterAll(async () => {
  await db.$disconnect();
  await database.drop();
});

test('every booking, payment and refund from before agrees with the ledger', async () => {
  const broken = (await checkInvariants({ db })).filter(({ count }) => count > 0);
  // Of nights, these bookings have none.
  expect(broken.filter(({ name }) => !name.includes('nights'))).toEqual([]);
});

test('what is on its way back is set aside, what was kept is a fee, what has ended is earned', async () => {
  const balances = await database.sql(
    'SELECT kind, sum(balance)::int AS balance FROM ledger_accounts GROUP BY kind ORDER BY kind::text',
  );
  expect(balances).toEqual([
    { kind: 'BOOKING', balance: 10_000 },
    { kind: 'GATEWAY', balance: -18_000 },
    { kind: 'MANUAL', balance: -8_000 },
    { kind: 'REFUNDS', balance: 4_000 },
    { kind: 'REVENUE', balance: 10_560 },
    { kind: 'TAX', balance: 1_440 },
  ]);
  expect(await database.sql(`SELECT status, fee_amount FROM bookings WHERE fee_amount > 0`)).toEqual([
    { status: 'CANCELLED', fee_amount: '3000' },
  ]);
});
