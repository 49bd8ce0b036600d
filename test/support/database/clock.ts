import pg from 'pg';
import type { TestDatabase } from './database.ts';

/** Moves the database's clock to an instant, from where it goes on. */
export async function travelTo(database: TestDatabase, instant: string): Promise<void> {
  const seconds = Math.round((Date.parse(instant) - Date.now()) / 1_000);
  await database.travel(`${String(seconds)} seconds`);
}

/** Moves the database's clock to noon (UTC) of a date: then every zone nearby has that date. */
export async function travelToNoon(database: TestDatabase, date: string): Promise<void> {
  await travelTo(database, `${date}T12:00:00Z`);
}

/** Moves the clock of a database ahead of the system's, for every session. */
export async function moveClock(url: string, interval: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(
    `CREATE OR REPLACE FUNCTION app_now() RETURNS timestamptz LANGUAGE sql VOLATILE
     AS 'SELECT clock_timestamp() + interval ''${interval}'''`,
  );
  await client.end();
}
