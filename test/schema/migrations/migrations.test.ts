import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { draftMigration, migrate } from '../../../src/db/connection/migrate.ts';
import { cloneDatabase } from '../../support/database/database.ts';
import type { TestDatabase } from '../../support/database/database.ts';

// schema.prisma and the migrations say the same thing twice, and must not drift apart.

let migrated: TestDatabase;
let described: TestDatabase;

beforeAll(async () => {
  [migrated, described] = await Promise.all([cloneDatabase(), cloneDatabase()]);
  const schema = await readFile(new URL('../../../prisma/schema.prisma', import.meta.url), 'utf8');
  await described.sql('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
  await described.sql(`CREATE FUNCTION app_now() RETURNS timestamptz LANGUAGE sql AS 'SELECT clock_timestamp()'`);
  await described.sql(await draftMigration(described.url, null, schema));
});
afterAll(() => Promise.all([migrated.drop(), described.drop()]));

/** Tables that no model describes: Prisma's own, and what the status trigger looks at. */
const NO_MODEL = `('_prisma_migrations', 'booking_transitions')`;

async function compare(query: string): Promise<{ migrated: string[]; described: string[] }> {
  const read = async (database: TestDatabase) => (await database.sql<{ line: string }>(query)).map(({ line }) => line);
  return { migrated: await read(migrated), described: await read(described) };
}

test('the migrations make the columns that schema.prisma describes', async () => {
  const columns = await compare(
    `SELECT concat_ws(' ', table_name, column_name, udt_name, character_maximum_length, numeric_precision,
       datetime_precision, CASE is_nullable WHEN 'YES' THEN 'NULL' ELSE 'NOT NULL' END,
       'DEFAULT ' || column_default) AS line
     FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT IN ${NO_MODEL} ORDER BY line`,
  );
  expect(columns.described).toEqual(expect.arrayContaining(['bookings id uuid NOT NULL']));
  expect(columns.migrated).toEqual(columns.described);
});

test('the migrations make the enums that schema.prisma describes', async () => {
  const enums = await compare(
    `SELECT t.typname || ': ' || string_agg(e.enumlabel, ' ' ORDER BY e.enumsortorder) AS line
     FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid GROUP BY t.typname ORDER BY line`,
  );
  expect(enums.described).not.toEqual([]);
  expect(enums.migrated).toEqual(enums.described);
});

test('the migrations make the keys that schema.prisma describes', async () => {
  const keys = await compare(
    `SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) AS line FROM pg_constraint
     WHERE contype IN ('p', 'f') AND connamespace = 'public'::regnamespace
       AND conrelid::regclass::text NOT IN ${NO_MODEL} ORDER BY line`,
  );
  expect(keys.described).not.toEqual([]);
  expect(keys.migrated).toEqual(keys.described);
});

test('the migrations make every index that schema.prisma describes', async () => {
  // A unique index that also finds beginnings has an operator class, for which schema.prisma has no word.
  const indexes = await compare(
    `SELECT replace(indexdef, ' text_pattern_ops', '') AS line FROM pg_indexes WHERE schemaname = 'public' ORDER BY line`,
  );
  expect(indexes.described).not.toEqual([]);
  expect(indexes.migrated).toEqual(expect.arrayContaining(indexes.described));
});

test('a database that is up to date is left as it is', async () => {
  expect(await migrate(migrated.url)).toEqual([]);
});

test('one process migrates one database after the other, each from nothing to the newest migration', async () => {
  const names: string[][] = [];
  for (let round = 0; round < 2; round += 1) {
    const empty = await cloneDatabase();
    await empty.sql('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    names.push(await migrate(empty.url));
    await empty.drop();
  }
  expect(names[0]?.length).toBeGreaterThan(10);
  expect(names[1]).toEqual(names[0]);
});
