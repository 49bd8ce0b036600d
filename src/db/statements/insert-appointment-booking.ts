import { buildInput, readOutcome, writeBooking } from './booking-row.ts';
import type { BookingRow, InsertOutcome, OutcomeRow } from './booking-row.ts';
import { directQuery } from '../connection/direct-query.ts';
import type { RawQueries } from '../connection/direct-query.ts';

export type AppointmentBookingRow = BookingRow<{
  readonly service_id: string;
  readonly provider_id: string;
  readonly schedule_version: number;
  readonly occupied_from: string;
  readonly occupied_until: string;
  readonly adults: number;
  readonly children: number;
  readonly address_sealed: string | null;
  readonly zone_id: string | null;
}>;

/**
 * Reserves a provider's time and writes the booking, or writes nothing.
 *
 * A hot path: one named prepared statement is the whole transaction, as for a stay. A blocking overdue hold still
 * counts. Writes nothing when the provider is inactive or the schedule version has changed since the offer.
 * Locks: the key (without waiting), then the provider, then the promo, so that bookings of one provider run one after
 * the other. The exclusion constraint decides; on a conflict nothing is written.
 */
export async function insertAppointmentBooking(db: RawQueries, row: AppointmentBookingRow): Promise<InsertOutcome> {
  const rows = await directQuery(db).$queryRaw<OutcomeRow[]>`
    WITH ${buildInput(row)}, wanted AS MATERIALIZED (
      SELECT go.*, p.* FROM go, jsonb_to_record(go.place) AS p(
        service_id uuid, provider_id uuid, schedule_version int, occupied_from timestamptz, occupied_until timestamptz, adults int, children int,
        address_sealed text, zone_id uuid)
    ), provider AS MATERIALIZED (
      SELECT v.id FROM providers v, wanted WHERE v.id = wanted.provider_id AND v.is_active AND v.schedule_version = wanted.schedule_version
      FOR NO KEY UPDATE OF v
    ), placed AS (
      INSERT INTO appointments (booking_id, service_id, provider_id, occupied_from, occupied_until, adults, children, address_sealed, zone_id)
      SELECT w.id, w.service_id, p.id, w.occupied_from, w.occupied_until, w.adults, w.children, w.address_sealed, w.zone_id
      FROM wanted w, provider p
      ON CONFLICT DO NOTHING RETURNING booking_id
    ), ok AS MATERIALIZED (
      SELECT wanted.* FROM wanted, placed
    ), ${writeBooking(row)}`;
  return readOutcome(rows);
}
