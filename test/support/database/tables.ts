import type { TestDatabase } from './database.ts';

/** The names of all tables of the application. */
export async function listTables(database: TestDatabase): Promise<string[]> {
  const rows = await database.sql<{ name: string }>(
    `SELECT format('%I', tablename) AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`,
  );
  return rows.map(({ name }) => name);
}

/** Everything that is in the database, table by table, as text: what a thief of a backup would read. */
export async function dumpTables(database: TestDatabase): Promise<Record<string, string>> {
  const dump: Record<string, string> = {};
  for (const table of await listTables(database)) {
    const rows = await database.sql<{ row: string }>(`SELECT t::text AS row FROM ${table} t ORDER BY 1`);
    dump[table] = rows.map(({ row }) => row).join('\n');
  }
  return dump;
}
