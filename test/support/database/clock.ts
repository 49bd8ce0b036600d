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
