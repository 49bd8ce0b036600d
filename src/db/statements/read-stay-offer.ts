import type { PlainDate } from '../../domain/time/calendar.ts';
import type { Offer } from '../../domain/availability/offer.ts';
import type { NightOffer, RoomTypeOffer } from '../../domain/availability/stay.ts';
import { directQuery } from '../connection/direct-query.ts';
import type { RawQueries } from '../connection/direct-query.ts';
import { SELLER_COLUMNS, toSeller, toTerms } from './seller-columns.ts';
import type { SellerRow } from './seller-columns.ts';
import { overdueHold } from '../predicates.ts';

export interface OfferQuery {
  readonly slug: string;
  /** The nights to read: [from, to], since a stay's departure may be restricted too. */
  readonly from: PlainDate;
  readonly to: PlainDate;
  /** Dates of the stay, for arrival and departure as instants. */
  readonly checkIn: PlainDate;
  readonly checkOut: PlainDate;
  /** Code of the room type; null: all active room types. */
  readonly roomType: string | null;
  /** Staff see properties that are not LIVE too. */
  readonly isStaff: boolean;
  /** True: draws a booking code from the sequence in the same round trip. */
  readonly drawsCode: boolean;
}

export interface StayOffer extends Offer {
  readonly roomTypes: readonly RoomTypeOffer[];
  /** Check-in time on the first day and check-out time on the last day. */
  readonly startsAt: Date;
  readonly endsAt: Date;
  /** Check-out time after the first night, until which the night is under way. */
  readonly firstNightEndsAt: Date;
}

/**
 * Reads all facts to check and price a stay, in one round trip; null without the property.
 *
 * A hot path: one named prepared statement.
 * Locks: nothing, so the offer may be outdated by the time of a booking; `insertStayBooking` decides.
 */
export async function readStayOffer(db: RawQueries, query: OfferQuery): Promise<StayOffer | null> {
  const rows = await directQuery(db).$queryRaw<OfferRow[]>`
    WITH input AS (
      SELECT ${query.slug}::text AS slug, ${query.from}::date AS from_on, ${query.to}::date AS to_on,
        ${query.checkIn}::date AS check_in_on, ${query.checkOut}::date AS check_out_on,
        ${query.roomType}::text AS room_type, ${query.isStaff}::boolean AS is_staff, ${query.drawsCode}::boolean AS draws_code
    )
    SELECT ${SELLER_COLUMNS}, app_now() AS now,
      to_char(app_now() AT TIME ZONE p.timezone, 'YYYY-MM-DD') AS today,
      (input.check_in_on + p.check_in_time::time) AT TIME ZONE p.timezone AS starts_at,
      (input.check_out_on + p.check_out_time::time) AT TIME ZONE p.timezone AS ends_at,
      (input.check_in_on + 1 + p.check_out_time::time) AT TIME ZONE p.timezone AS first_night_ends_at,
      CASE WHEN input.draws_code THEN next_booking_code(p.timezone) END AS booking_code,
      (SELECT json_agg(json_build_object('id', r.id, 'code', r.code, 'name', r.name, 'maxOccupancy', r.max_occupancy,
          'baseOccupancy', r.base_occupancy, 'basePrice', r.base_price, 'discountedPrice', r.discounted_price,
          'extraAdultCharge', r.extra_adult_charge, 'extraChildCharge', r.extra_child_charge, 'minStay', r.min_stay,
          'nights', (
            SELECT json_agg(json_build_array(n.night, n.total - n.out_of_order - n.reserved, n.price, n.min_stay, n.is_closed,
              n.max_stay, n.is_closed_to_arrival, n.is_closed_to_departure) ORDER BY n.night)
            FROM inventory_nights n
            WHERE n.room_type_id = r.id AND n.night >= input.from_on AND n.night <= input.to_on
          )) ORDER BY r.position, r.code)
        FROM room_types r
        WHERE r.property_id = p.id AND r.is_active AND (input.room_type IS NULL OR r.code = input.room_type)) AS room_types,
      (SELECT json_agg(json_build_array(s.room_type_id, s.check_in_on, s.held_until_on))
        FROM bookings b JOIN stays s ON s.booking_id = b.id
        WHERE ${overdueHold()} AND b.property_id = p.id
          AND s.check_in_on < input.to_on AND s.held_until_on > input.from_on) AS overdue
    FROM properties p, input
    WHERE p.slug = input.slug AND (p.status = 'LIVE' OR input.is_staff)`;
  const row = rows[0];
  return row === undefined ? null : toOffer(row);
}

type NightRow = [
  date: PlainDate,
  free: number,
  price: number | null,
  minStay: number | null,
  isClosed: boolean,
  maxStay: number | null,
  isClosedToArrival: boolean,
  isClosedToDeparture: boolean,
];
type OverdueRow = [roomTypeId: string, checkIn: PlainDate, heldUntil: PlainDate];

interface OfferRow extends SellerRow {
  now: Date;
  today: PlainDate;
  starts_at: Date;
  ends_at: Date;
  first_night_ends_at: Date;
  booking_code: string | null;
  room_types: (Omit<RoomTypeOffer, 'nights'> & { nights: NightRow[] | null })[] | null;
  overdue: OverdueRow[] | null;
}

function toOffer(row: OfferRow): StayOffer {
  return {
    property: toSeller(row),
    terms: toTerms(row),
    roomTypes: (row.room_types ?? []).map((roomType) => ({
      ...roomType,
      nights: (roomType.nights ?? []).map((night) => toNight(night, row.overdue ?? [], roomType.id)),
    })),
    now: row.now,
    today: row.today,
    startsAt: row.starts_at,
    endsAt: row.ends_at,
    firstNightEndsAt: row.first_night_ends_at,
    bookingCode: row.booking_code,
  };
}

function toNight(night: NightRow, overdueHolds: readonly OverdueRow[], roomTypeId: string): NightOffer {
  const [date, free, price, minStay, isClosed, maxStay, isClosedToArrival, isClosedToDeparture] = night;
  const overdue = countOverdue(overdueHolds, roomTypeId, date);
  return { date, free, overdue, price, minStay, maxStay, isClosed, isClosedToArrival, isClosedToDeparture };
}

function countOverdue(overdue: readonly OverdueRow[], roomTypeId: string, night: PlainDate): number {
  return overdue.filter(([id, from, until]) => id === roomTypeId && from <= night && night < until).length;
}
