import type { TestSpa } from './build-spa.ts';
import type { TestDatabase } from '../database/database.ts';

/** Where everybody is, read by a stranger: code → provider and start, for what has not ended. */
export async function placesOf(database: TestDatabase, spa: TestSpa): Promise<Map<string, string>> {
  const rows = await database.sql<{ code: string; place: string }>(
    `SELECT b.code, v.code || ' ' || to_char(b.starts_at AT TIME ZONE 'America/Chicago', 'HH24:MI') AS place
     FROM bookings b JOIN appointments a ON a.booking_id = b.id JOIN providers v ON v.id = a.provider_id
     WHERE b.property_id = $1 AND b.status IN ('PENDING_PAYMENT', 'PENDING_APPROVAL', 'CONFIRMED', 'IN_HOUSE')`,
    [spa.propertyId],
  );
  return new Map(rows.map(({ code, place }) => [code, place]));
}

/** Two who are with one provider at one time, and those whose taken time is not that of their booking. */
export async function findMisplaced(database: TestDatabase, spa: TestSpa): Promise<unknown[]> {
  return database.sql(
    `WITH mine AS (
       SELECT b.code, b.starts_at, b.ends_at, b.status NOT IN ('CANCELLED', 'DECLINED', 'EXPIRED') AS stands, a.*
       FROM bookings b LEFT JOIN appointments a ON a.booking_id = b.id WHERE b.property_id = $1)
     SELECT a.code, b.code AS with FROM mine a JOIN mine b ON b.provider_id = a.provider_id AND b.code > a.code
     WHERE a.stands AND b.stands AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at
     UNION ALL
     SELECT code, 'itself' FROM mine
     WHERE is_live IS DISTINCT FROM stands OR occupied_from <> starts_at OR occupied_until <> ends_at
       OR ends_at - starts_at <> interval '1 hour'`,
    [spa.propertyId],
  );
}
