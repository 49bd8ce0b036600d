import type { TestDatabase } from './database.ts';

const TABLES = ['stays', 'appointments', 'room_assignments', 'booking_events', 'payments', 'gateway_operations'];

/** Everything there is about a booking and what its property has sold, as text: two are equal when nothing was written. */
export async function footprintOf(database: TestDatabase, code: string): Promise<Record<string, unknown[]>> {
  const read = async (text: string) => (await database.sql<{ row: string }>(text, [code])).map(({ row }) => row);
  const footprint: Record<string, unknown[]> = {
    bookings: await read('SELECT b::text AS row FROM bookings b WHERE code = $1'),
    outbox: await read(
      'SELECT o.id::text AS row FROM outbox_messages o JOIN bookings b ON b.property_id = o.property_id WHERE b.code = $1 ORDER BY o.id',
    ),
    nights: await read(
      `SELECT n::text AS row FROM inventory_nights n JOIN room_types t ON t.id = n.room_type_id
       JOIN bookings b ON b.property_id = t.property_id WHERE b.code = $1 AND n.reserved > 0 ORDER BY n.room_type_id, n.night`,
    ),
  };
  for (const table of TABLES) {
    footprint[table] = await read(
      `SELECT r::text AS row FROM ${table} r JOIN bookings b ON b.id = r.booking_id WHERE b.code = $1 ORDER BY 1`,
    );
  }
  return footprint;
}
