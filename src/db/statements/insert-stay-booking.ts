import { buildInput, readOutcome, writeBooking } from './booking-row.ts';
import type { BookingRow, InsertOutcome, OutcomeRow } from './booking-row.ts';
import { directQuery } from '../connection/direct-query.ts';
import type { RawQueries } from '../connection/direct-query.ts';

export type StayBookingRow = BookingRow<{
  readonly room_type_id: string;
  readonly check_in_on: string;
  readonly check_out_on: string;
  readonly adults: number;
  readonly children: number;
}>;

/**
 * Reserves one room of each night and writes the booking, or writes nothing.
 *
 * A hot path: one named prepared statement is the whole transaction, idempotency key and outbox included. The statement
 * releases no overdue hold: a blocking overdue hold still counts.
 * Locks: the key (without waiting), then the nights in date order, then the promo. The locking read re-evaluates a
 * night after the wait for the lock, so a night found free is free.
 */
export async function insertStayBooking(db: RawQueries, row: StayBookingRow): Promise<InsertOutcome> {
  const rows = await directQuery(db).$queryRaw<OutcomeRow[]>`
    WITH ${buildInput(row)}, stay AS MATERIALIZED (
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
