import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';

export interface TestDatabase {
  readonly url: string;
  /** Runs SQL as a stranger to the application would. */
  sql<Row extends pg.QueryResultRow = pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  /** Moves the database's clock, for every session, until it is moved again. */
  travel(interval: string): Promise<void>;
  drop(): Promise<void>;
}

/** A database of one's own: a clone of the migrated template with its demo data. */
export async function cloneDatabase(): Promise<TestDatabase> {
  const templateUrl = new URL(inject('templateUrl'));
  const name = `test_${randomBytes(6).toString('hex')}`;
  const template = templateUrl.pathname.slice(1);
  // Files are copied as they are: by way of the log, Postgres writes each page twice.
  await administer(templateUrl, `CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY FILE_COPY`);
  const url = new URL(templateUrl);
  url.pathname = `/${name}`;
  const pool = new pg.Pool({ connectionString: url.href, max: 3 });
  // Dropping the database cuts what is still connected; that is the end of the test and no error.
  pool.on('error', () => undefined);
  return {
    url: url.href,
    sql: async (text, values = []) => (await pool.query(text, values)).rows,
    travel: async (interval) => {
      await pool.query(
        `CREATE OR REPLACE FUNCTION app_now() RETURNS timestamptz LANGUAGE sql VOLATILE
         AS 'SELECT clock_timestamp() + interval ''${interval}'''`,
      );
    },
    drop: async () => {
      await pool.end();
      await administer(templateUrl, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

async function administer(templateUrl: URL, statement: string): Promise<void> {
  const url = new URL(templateUrl);
  url.pathname = '/postgres';
  // Two clones of one template at the same moment disturb each other, so they queue on a lock.
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock(1)');
    await client.query(statement);
  } finally {
    await client.end();
  }
}
