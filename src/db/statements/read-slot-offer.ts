import type { PlainDate } from '../../domain/time/calendar.ts';
import type { ServiceOffer, SlotOffer, ZoneOffer } from '../../domain/availability/appointment.ts';
import type { WallRange } from '../../domain/time/opening-hours.ts';
import { directQuery } from '../connection/direct-query.ts';
import type { RawQueries } from '../connection/direct-query.ts';
import { SELLER_COLUMNS, toSeller, toTerms } from './seller-columns.ts';
import type { SellerRow } from './seller-columns.ts';
import { liveAppointment } from '../predicates.ts';
import { Prisma } from '../client.ts';

/** The clock as the statement read it once. */
const CLOCK = Prisma.sql`p.clock`;

export interface SlotQuery {
  readonly slug: string;
  readonly service: string;
  /** Dates at the property to read, both included. */
  readonly from: PlainDate;
  readonly to: PlainDate;
  /** Code of the provider; null: all providers of the service. */
  readonly provider: string | null;
  /** Staff see properties that are not LIVE too. */
  readonly isStaff: boolean;
  /** True: draws a booking code from the sequence in the same round trip. */
  readonly drawsCode: boolean;
  /** Id of a booking about to be moved, whose own time counts as free. */
  readonly except: string | null;
}

/**
 * Reads all facts to list a service's starts and price an appointment, in one round trip; null without the property.
 *
 * A hot path: one named prepared statement. Overdue holds count as free, released or not.
 * Locks: nothing, so the offer may be outdated by the time of a booking; `insertAppointmentBooking` decides.
 */
export async function readSlotOffer(db: RawQueries, query: SlotQuery): Promise<SlotOffer | null> {
  const rows = await directQuery(db).$queryRaw<OfferRow[]>`
    WITH input AS (
      SELECT ${query.slug}::text AS input_slug, ${query.service}::text AS service, ${query.from}::date AS from_on,
        ${query.to}::date AS to_on, ${query.provider}::text AS provider, ${query.isStaff}::boolean AS is_staff,
        ${query.drawsCode}::boolean AS draws_code, ${query.except}::uuid AS except_id
    ), property AS MATERIALIZED (
      SELECT p.*, input.*, s.id AS service_id, app_now() AS clock,
        tstzrange((input.from_on - 2)::timestamp AT TIME ZONE p.timezone, (input.to_on + 3)::timestamp AT TIME ZONE p.timezone) AS span
      FROM input JOIN properties p ON p.slug = input.input_slug AND (p.status = 'LIVE' OR input.is_staff)
      LEFT JOIN services s ON s.property_id = p.id AND s.code = input.service AND s.is_active
    )
    SELECT ${SELLER_COLUMNS}, p.clock AS now,
      to_char(p.clock AT TIME ZONE p.timezone, 'YYYY-MM-DD') AS today,
      CASE WHEN p.draws_code THEN next_booking_code(p.timezone) END AS booking_code,
      (SELECT json_build_object('id', s.id, 'code', s.code, 'name', s.name, 'durationMinutes', s.duration_minutes,
          'bufferBeforeMinutes', s.buffer_before_minutes, 'bufferAfterMinutes', s.buffer_after_minutes,
          'stepMinutes', s.slot_step_minutes, 'pricing', s.pricing, 'price', s.price, 'adultPrice', s.adult_price,
          'childPrice', s.child_price, 'minimumTotal', s.minimum_total, 'paymentPolicy', s.payment_policy,
          'minNoticeMinutes', s.min_notice_minutes, 'bookingWindowDays', s.booking_window_days,
          'maxAdults', s.max_adults, 'maxChildren', s.max_children, 'isAtGuests', s.is_at_guests)
        FROM services s WHERE s.id = p.service_id) AS service,
      (SELECT json_agg(json_build_object('id', v.id, 'code', v.code, 'name', v.name, 'version', v.schedule_version,
          'hours', (SELECT json_agg(json_build_array(h.weekday, h.from_minute, h.to_minute)) FROM provider_hours h WHERE h.provider_id = v.id),
          'exceptions', (SELECT json_agg(json_build_array(x.on_date, x.from_minute, x.to_minute)) FROM provider_exceptions x
            WHERE x.provider_id = v.id AND x.on_date BETWEEN p.from_on - 2 AND p.to_on + 2),
          'timeOff', (SELECT json_agg(json_build_array((extract(epoch FROM o.starts_at) * 1000)::int8, (extract(epoch FROM o.ends_at) * 1000)::int8))
            FROM time_off o WHERE o.provider_id = v.id AND tstzrange(o.starts_at, o.ends_at) && p.span),
          'taken', (SELECT json_agg(json_build_array((extract(epoch FROM a.occupied_from) * 1000)::int8, (extract(epoch FROM a.occupied_until) * 1000)::int8))
            FROM appointments a JOIN bookings b ON b.id = a.booking_id
            WHERE a.provider_id = v.id AND ${liveAppointment(CLOCK)} AND tstzrange(a.occupied_from, a.occupied_until) && p.span
              AND a.booking_id IS DISTINCT FROM p.except_id)
        ) ORDER BY v.position, v.code)
        FROM providers v
        WHERE v.property_id = p.id AND v.is_active AND (p.provider IS NULL OR v.code = p.provider)
          AND EXISTS (SELECT FROM provider_services d WHERE d.provider_id = v.id AND d.service_id = p.service_id)) AS providers,
      (SELECT json_agg(json_build_object('id', z.id, 'code', z.code, 'name', z.name, 'postalCodes', z.postal_codes, 'fee', z.fee)
          ORDER BY z.position, z.code)
        FROM zones z WHERE z.property_id = p.id AND z.is_active) AS zones
    FROM property p`;
  const row = rows[0];
  return row === undefined ? null : toOffer(row);
}

type Span = [from: number, until: number];

interface ProviderRow {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly version: number;
  readonly hours: [weekday: number, from: number, to: number][] | null;
  readonly exceptions: [date: PlainDate, from: number | null, to: number | null][] | null;
  readonly timeOff: Span[] | null;
  readonly taken: Span[] | null;
}

interface OfferRow extends SellerRow {
  readonly now: Date;
  readonly today: PlainDate;
  readonly booking_code: string | null;
  readonly service: ServiceOffer | null;
  readonly providers: ProviderRow[] | null;
  readonly zones: ZoneOffer[] | null;
}

function toOffer(row: OfferRow): SlotOffer {
  const { service } = row;
  const { paymentPolicy, bookingWindowDays, minNoticeMinutes, ...terms } = toTerms(row);
  return {
    property: toSeller(row),
    // Terms of the service override the property's.
    terms: {
      ...terms,
      paymentPolicy: service?.paymentPolicy ?? paymentPolicy,
      bookingWindowDays: service?.bookingWindowDays ?? bookingWindowDays,
      minNoticeMinutes: service?.minNoticeMinutes ?? minNoticeMinutes,
    },
    service,
    providers: (row.providers ?? []).map((provider) => ({
      id: provider.id,
      code: provider.code,
      name: provider.name,
      version: provider.version,
      weekly: groupRanges(provider.hours ?? []),
      exceptions: groupRanges(provider.exceptions ?? []),
      taken: (provider.taken ?? []).map(toRange),
      busy: [...(provider.taken ?? []), ...(provider.timeOff ?? [])].map(toRange),
    })),
    zones: row.zones ?? [],
    now: row.now,
    today: row.today,
    bookingCode: row.booking_code,
  };
}

function toRange([from, until]: Span): { from: number; until: number } {
  return { from, until };
}

/** Groups ranges by weekday or date. A row without minutes means closed. */
function groupRanges<Day extends number | string>(
  rows: readonly (readonly [day: Day, from: number | null, to: number | null])[],
): Record<Day, WallRange[]> {
  const days = {} as Record<Day, WallRange[]>;
  for (const [day, from, to] of rows) {
    // `days` starts empty, so a day may be missing despite the type.
    const ranges = (days as Partial<Record<Day, WallRange[]>>)[day] ?? [];
    if (from !== null && to !== null) ranges.push({ from, to });
    days[day] = ranges;
  }
  return days;
}
