import { afterAll, beforeAll, expect, test } from 'vitest';
import { cloneDatabase } from '../../support/database/database.ts';
import type { TestDatabase } from '../../support/database/database.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await cloneDatabase();
});
afterAll(() => database.drop());

async function nextCodes(after: number, count = 1): Promise<string[]> {
  await database.sql(`SELECT setval('booking_code_seq', $1::bigint)`, [after]);
  const rows = await database.sql<{ code: string }>(
    `SELECT next_booking_code('Europe/Dublin') AS code FROM generate_series(1, $1::int)`,
    [count],
  );
  return rows.map(({ code }) => code);
}

const numberOf = (code: string | undefined) => code?.replace(/^BK-\d{4}-/, '');

test.each([
  [1, '0002'],
  [9, '0010'],
  [998, '0999'],
  [9_998, '9999'],
  [9_999, '10000'],
  [99_999, '100000'],
  [1_234_566, '1234567'],
  [999_999_999_999, '1000000000000'],
])('after number %i comes %s', async (after, number) => {
  const [code] = await nextCodes(after);
  expect(code).toMatch(/^BK-\d{4}-\d{4,}$/);
  expect(numberOf(code)).toBe(number);
});

test('codes around ten thousand are all different', async () => {
  const codes = await nextCodes(9_990, 20);
  expect(new Set(codes).size).toBe(20);
  expect(numberOf(codes[19])).toBe('10010');
});

test('the year is the one at the property', async () => {
  // A quarter to midnight in UTC on New Year's Eve.
  await database.sql(
    `CREATE OR REPLACE FUNCTION app_now() RETURNS timestamptz LANGUAGE sql VOLATILE
     AS 'SELECT timestamptz ''2026-12-31 23:45:00+00'''`,
  );
  const [row] = await database.sql<Record<'dublin' | 'kolkata' | 'chicago', string>>(
    `SELECT next_booking_code('Europe/Dublin') AS dublin, next_booking_code('Asia/Kolkata') AS kolkata,
       next_booking_code('America/Chicago') AS chicago`,
  );
  expect(row?.dublin).toMatch(/^BK-2026-/);
  expect(row?.kolkata).toMatch(/^BK-2027-/);
  expect(row?.chicago).toMatch(/^BK-2026-/);
});

test('a code given in a transaction that fails is not given again', async () => {
  await database.sql(`SELECT setval('booking_code_seq', 500)`);
  await database.sql(`BEGIN; SELECT next_booking_code('UTC'); ROLLBACK`);
  const [row] = await database.sql<{ code: string }>(`SELECT next_booking_code('UTC') AS code`);
  expect(numberOf(row?.code)).toBe('0502');
});
