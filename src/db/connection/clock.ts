import type { PlainDate } from '../../domain/time/calendar.ts';
import type { Queryable } from '../client.ts';

/** Reads the database's clock. */
export async function readClock(db: Pick<Queryable, '$queryRaw'>): Promise<Date> {
  const rows = await db.$queryRaw<{ now: Date }[]>`SELECT app_now() AS now`;
  const now = rows[0]?.now;
  if (now === undefined) throw new Error('Bug: the clock returned no row');
  return now;
}

/** Reads the current date at the property. */
export async function readToday(db: Pick<Queryable, '$queryRaw'>, propertyId: string): Promise<PlainDate> {
  const rows = await db.$queryRaw<{ today: PlainDate }[]>`
    SELECT to_char(app_now() AT TIME ZONE timezone, 'YYYY-MM-DD') AS today FROM properties WHERE id = ${propertyId}::uuid`;
  const today = rows[0]?.today;
  if (today === undefined) throw new Error(`Bug: property ${propertyId} does not exist`);
  return today;
}
