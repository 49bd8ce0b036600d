import { afterAll, beforeAll, expect, test } from 'vitest';
import { cloneDatabase } from '../../support/database/database.ts';
import type { TestDatabase } from '../../support/database/database.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await cloneDatabase();
});
afterAll(() => database.drop());

/** The indexes of a table, each as its columns and expressions in order. */
async function listIndexes(table: string): Promise<string[]> {
  const rows = await database.sql<{ columns: string }>(
    `SELECT (SELECT string_agg(pg_get_indexdef(i.indexrelid, n, true), ', ' ORDER BY n)
             FROM generate_series(1, i.indnkeyatts) AS n) AS columns
     FROM pg_index i WHERE i.indrelid = $1::regclass AND i.indisvalid`,
    [table],
  );
  return rows.map(({ columns }) => columns);
}

// The nine that HM lists (SPEC §5). Lists are always of one property, so it leads where a list is meant.
test.each([
  ['property with dates', 'bookings', 'property_id, starts_at, ends_at'],
  ['code', 'bookings', 'code'],
  ['primary e-mail', 'party_members', 'fold_text(email)'],
  ['status', 'bookings', 'property_id, status'],
  ['assigned room', 'room_assignments', 'room_id, from_on'],
  ['expires_at', 'bookings', 'expires_at'],
  ['payment reference', 'payments', 'reference'],
  ['payment_authorized_at', 'bookings', 'property_id, payment_authorized_at'],
  ['created_at with status', 'bookings', 'property_id, status, created_at'],
])('there is an index for %s: %s by %s', async (_, table, columns) => {
  const indexes = await listIndexes(table);
  expect(indexes.filter((index) => index === columns || index.startsWith(`${columns}, `))).not.toEqual([]);
});

test('every foreign key between tables of a booking has an index on its side', async () => {
  const rows = await database.sql<{ side: string }>(
    `SELECT c.conrelid::regclass || '.' || a.attname AS side
     FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
     WHERE c.contype = 'f' AND c.confrelid = 'bookings'::regclass AND NOT EXISTS (
       SELECT FROM pg_index i WHERE i.indrelid = c.conrelid AND i.indpred IS NULL AND i.indkey[0] = c.conkey[1])`,
  );
  expect(rows).toEqual([]);
});
