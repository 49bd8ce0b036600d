import type { TestDatabase } from '../database/database.ts';

/**
 * Appointments that can not both be, and times that are held against their booking's status: by queries of our own.
 *
 * What a booking takes is reckoned from its start and end and the buffers of its service, not read from what is stored.
 */
export async function findAppointmentViolations(database: TestDatabase): Promise<string[]> {
  const rows = await database.sql<{ offender: string }>(
    `WITH held AS (
       SELECT b.code, b.status::text, a.provider_id, a.is_live, a.occupied_from, a.occupied_until,
         b.starts_at - s.buffer_before_minutes * interval '1 minute' AS from_at,
         b.ends_at + s.buffer_after_minutes * interval '1 minute' AS until_at,
         b.status IN ('PENDING_PAYMENT', 'PENDING_APPROVAL', 'CONFIRMED', 'IN_HOUSE') AS is_open
       FROM appointments a JOIN bookings b ON b.id = a.booking_id JOIN services s ON s.id = a.service_id
     )
     SELECT x.code || ' and ' || y.code || ' overlap' AS offender FROM held x JOIN held y
       ON x.provider_id = y.provider_id AND x.code < y.code AND x.from_at < y.until_at AND y.from_at < x.until_at
       WHERE x.is_open AND y.is_open
     UNION ALL SELECT code || ' is ' || status || ' without its time' FROM held WHERE is_open AND NOT is_live
     UNION ALL SELECT code || ' is ' || status || ' and keeps its time' FROM held
       WHERE is_live AND status IN ('DECLINED', 'CANCELLED', 'EXPIRED', 'NO_SHOW')
     UNION ALL SELECT code || ' takes another time than it says' FROM held
       WHERE occupied_from <> from_at OR occupied_until <> until_at
     ORDER BY 1`,
  );
  return rows.map(({ offender }) => offender);
}
