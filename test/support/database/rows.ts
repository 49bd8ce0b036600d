import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { TestDatabase } from './database.ts';

export type Row = Record<string, unknown>;

/** Rows written by a stranger: plain SQL, no rule of ours in between but those of the database. */
export interface Stranger {
  readonly propertyId: string;
  readonly roomTypeId: string;
  readonly roomId: string;
  readonly customerId: string;
  /** Writes one row and answers its id. */
  insert(table: string, row: Row): Promise<string>;
  insertBooking(overrides?: Row): Promise<string>;
  insertStay(bookingId: string, overrides?: Row): Promise<string>;
  insertAssignment(bookingId: string, overrides?: Row): Promise<string>;
  insertEvent(bookingId: string, overrides?: Row): Promise<string>;
}

const EMPTY_PRICE = JSON.stringify({ currency: 'EUR', lines: [], totalPayable: 10_000 });

/** A stranger with a property, a room type, a room and a customer to write about, taken from the demo data. */
export async function buildStranger(database: TestDatabase): Promise<Stranger> {
  const [place] = await database.sql<{ property_id: string; room_type_id: string; id: string }>(
    `SELECT r.property_id, r.room_type_id, r.id FROM rooms r JOIN properties p ON p.id = r.property_id
     WHERE p.slug = 'harbour-hotel' ORDER BY r.number LIMIT 1`,
  );
  if (place === undefined) throw new Error('Bug: the demo data has no room');
  const { property_id: propertyId, room_type_id: roomTypeId, id: roomId } = place;
  const insert = (table: string, row: Row) => insertRow(database, table, row);
  const customerId = await insert('customers', {
    id: randomUUID(),
    property_id: propertyId,
    email_normalized: `${randomUUID()}@example.com`,
    first_name: 'Aoife',
    last_name: 'Byrne',
    email: 'aoife@example.com',
  });
  return {
    propertyId,
    roomTypeId,
    roomId,
    customerId,
    insert,
    insertBooking: (overrides = {}) =>
      insert('bookings', {
        id: randomUUID(),
        property_id: propertyId,
        customer_id: customerId,
        code: `BK-TEST-${randomUUID()}`,
        kind: 'STAY',
        status: 'CONFIRMED',
        source: 'IMPORT',
        price: EMPTY_PRICE,
        currency: 'EUR',
        approval: 'AUTOMATIC',
        total_payable: 10_000,
        deposit_due: 0,
        starts_at: '2027-05-14T14:00Z',
        ends_at: '2027-05-16T10:00Z',
        expires_at: '2027-01-01T00:00Z',
        created_at: '2027-01-01T00:00Z',
        updated_at: '2027-01-01T00:00Z',
        ...overrides,
      }),
    insertStay: (bookingId, overrides = {}) =>
      insert('stays', {
        booking_id: bookingId,
        room_type_id: roomTypeId,
        adults: 2,
        children: 0,
        check_in_on: '2027-05-14',
        check_out_on: '2027-05-16',
        held_until_on: '2027-05-16',
        ...overrides,
      }),
    insertAssignment: (bookingId, overrides = {}) =>
      insert('room_assignments', {
        id: randomUUID(),
        booking_id: bookingId,
        room_id: roomId,
        from_on: '2027-05-14',
        to_on: '2027-05-16',
        ...overrides,
      }),
    insertEvent: (bookingId, overrides = {}) =>
      insert('booking_events', {
        booking_id: bookingId,
        actor_type: 'SYSTEM',
        action: 'create',
        to_status: 'CONFIRMED',
        ...overrides,
      }),
  };
}

/** Writes one row and answers its id. */
export async function insertRow(database: TestDatabase, table: string, row: Row): Promise<string> {
  const columns = Object.keys(row).join(', ');
  const places = Object.keys(row).map((_, index) => `$${String(index + 1)}`);
  const [written] = await database.sql<{ row: { id?: string; booking_id?: string } }>(
    `INSERT INTO ${table} (${columns}) VALUES (${places.join(', ')}) RETURNING to_jsonb(${table}) AS row`,
    Object.values(row),
  );
  return String(written?.row.id ?? written?.row.booking_id);
}

/** The name of the constraint that refuses the work; the SQLSTATE where it has none, `accepted` if nothing refuses it. */
export async function refusalOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'accepted';
  } catch (error) {
    if (error instanceof pg.DatabaseError) return error.constraint ?? error.code ?? error.message;
    throw error;
  }
}
