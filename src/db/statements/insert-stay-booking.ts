import { askFor, readOutcome, writeBooking } from './booking-row.ts';
import type { BookingRow, InsertOutcome, OutcomeRow } from './booking-row.ts';
import { shortcut } from '../connection/shortcut.ts';
import type { RawQueries } from '../connection/shortcut.ts';

export type StayBookingRow = BookingRow<{
  readonly room_type_id: string;
  readonly check_in_on: string;
  readonly check_out_on: string;
  readonly adults: number;
  readonly children: number;
}>;

/**
 * Takes one of each night and writes the booking, or writes nothing at all.
 *
 * A hot path: one named prepared statement is the whole transaction, idempotency key and outbox included. It releases
 * nothing: an overdue hold in the way still counts.
 * Locks: the key (without waiting), then the nights in date order, then the promo. A night that is free after the wait for its lock is
 * free, because the locking read sees the row as it then is.
 */
export async function insertStayBooking(db: RawQueries, row: StayBookingRow): Promise<InsertOutcome> {
  const rows = await shortcut(db).$queryRaw<OutcomeRow[]>`
    WITH ${askFor(row)}, stay AS MATERIALIZED (
      SELECT go.*, p.* FROM go, jsonb_to_record(go.place) AS p(
        room_type_id uuid, check_in_on date, check_out_on date, adults int, children int)
    ), free AS MATERIALIZED (
      SELECT n.night FROM inventory_nights n, stay
      WHERE n.room_type_id = stay.room_type_id AND n.night >= stay.check_in_on AND n.night < stay.check_out_on
        AND NOT n.is_closed AND n.reserved < n.total - n.out_of_order
      ORDER BY n.night FOR NO KEY UPDATE OF n
    ), ok AS MATERIALIZED (
      SELECT stay.* FROM stay WHERE (SELECT count(*) FROM free) = stay.check_out_on - stay.check_in_on
    ), taken AS (
      UPDATE inventory_nights n SET reserved = n.reserved + 1 FROM ok
      WHERE n.room_type_id = ok.room_type_id AND n.night >= ok.check_in_on AND n.night < ok.check_out_on
    ), new_stay AS (
      INSERT INTO stays (booking_id, room_type_id, check_in_on, check_out_on, held_until_on, adults, children)
      SELECT id, room_type_id, check_in_on, check_out_on, check_out_on, adults, children FROM ok
    ), ${writeBooking(row)}`;
  return readOutcome(rows);
}
