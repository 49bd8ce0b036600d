import type { Context } from '../../../context.ts';
import { balanceOf } from '../../../domain/booking/booking.ts';
import type { BookingKind, BookingStatus } from '../../../domain/booking-status.ts';
import { addDays, startOfDate, toPlainDate } from '../../../domain/time/calendar.ts';
import type { PlainDate } from '../../../domain/time/calendar.ts';
import type { PaymentStage } from '../../../domain/money/payment-stage.ts';
import { formatLocal } from '../../../domain/time/wall-time.ts';
import { AppError } from '../../../errors.ts';
import { occupiesAfter } from '../list/occupies-after.ts';
import { CALLED_OFF_BOOKING } from '../../../db/predicates.ts';

interface CalendarQuery {
  readonly propertyId: string;
  /** The property's dates, both included. */
  readonly from: PlainDate;
  readonly to: PlainDate;
  /** Filters: the provider's code and the room's number; undefined: all. */
  readonly provider?: string | undefined;
  readonly room?: string | undefined;
}

export interface CalendarEntry {
  readonly code: string;
  readonly kind: BookingKind;
  readonly status: BookingStatus;
  /** Dates of a stay, instants of an appointment. */
  readonly start: string;
  readonly end: string;
  readonly localStart: string;
  readonly title: string;
  readonly room: string | null;
  readonly provider: string | null;
  readonly totalGuests: number;
  readonly balanceDue: number;
  readonly paymentStatus: PaymentStage;
}

export interface Calendar {
  readonly from: PlainDate;
  readonly to: PlainDate;
  readonly timezone: string;
  readonly currency: string;
  readonly entries: readonly CalendarEntry[];
}

interface Row {
  readonly code: string;
  readonly kind: BookingKind;
  readonly status: BookingStatus;
  readonly starts_at: Date;
  readonly ends_at: Date;
  readonly check_in_on: Date | null;
  readonly check_out_on: Date | null;
  readonly sold: string | null;
  readonly room: string | null;
  readonly provider: string | null;
  readonly guests: number | null;
  readonly first_name: string | null;
  readonly last_name: string | null;
  readonly total_payable: bigint;
  readonly paid_amount: bigint;
  readonly waived_amount: bigint;
  readonly payment_stage: PaymentStage;
}

/**
 * Lists the bookings on a range of dates, by start, in two queries.
 *
 * A guest in the house stays listed past the day of departure, until check-out. Leaves out declined, cancelled and expired bookings. An entry shows only the guest's first name and an initial.
 * Throws: not_found for an unknown provider or room.
 */
export async function listCalendar(ctx: Context, query: CalendarQuery): Promise<Calendar> {
  const { propertyId, from, to, provider, room } = query;
  const { timezone, currency, providers, rooms } = await ctx.db.property.findUniqueOrThrow({
    where: { id: propertyId },
    select: {
      timezone: true,
      currency: true,
      providers: { where: { code: provider ?? '' }, select: { id: true } },
      rooms: { where: { number: room ?? '' }, select: { id: true } },
    },
  });
  if (provider !== undefined && providers.length === 0) throw notFound(`provider "${provider}"`);
  if (room !== undefined && rooms.length === 0) throw notFound(`room "${room}"`);
  const [providerId, roomId] = [providers[0]?.id ?? null, rooms[0]?.id ?? null];
  const rows = await ctx.db.$queryRaw<Row[]>`
    SELECT b.code, b.kind, b.status, b.starts_at, b.ends_at, s.check_in_on, s.check_out_on,
      coalesce(e.name, t.name) AS sold, r.number AS room, v.code AS provider,
      coalesce(s.adults + s.children, a.adults + a.children) AS guests, g.first_name, g.last_name,
      b.total_payable, b.paid_amount, b.waived_amount, b.payment_stage
    FROM bookings b
    LEFT JOIN stays s ON s.booking_id = b.id
    LEFT JOIN room_types t ON t.id = s.room_type_id
    LEFT JOIN room_assignments x ON x.booking_id = b.id AND x.released_at IS NULL
    LEFT JOIN rooms r ON r.id = x.room_id
    LEFT JOIN appointments a ON a.booking_id = b.id
    LEFT JOIN services e ON e.id = a.service_id
    LEFT JOIN providers v ON v.id = a.provider_id
    LEFT JOIN party_members g ON g.booking_id = b.id AND g.role = 'PRIMARY'
    WHERE b.property_id = ${propertyId}::uuid AND NOT ${CALLED_OFF_BOOKING}
      AND b.starts_at < ${startOfDate(addDays(to, 1), timezone)} AND ${occupiesAfter(startOfDate(from, timezone))}
      AND (${providerId}::uuid IS NULL OR v.id = ${providerId}::uuid)
      AND (${roomId}::uuid IS NULL OR r.id = ${roomId}::uuid)
    ORDER BY b.starts_at, b.code`;
  return { from, to, timezone, currency, entries: rows.map((row) => toEntry(row, timezone)) };
}

function toEntry(row: Row, timezone: string): CalendarEntry {
  const { code, kind, status, room, provider } = row;
  return {
    code,
    kind,
    status,
    start: row.check_in_on === null ? row.starts_at.toISOString() : toPlainDate(row.check_in_on),
    end: row.check_out_on === null ? row.ends_at.toISOString() : toPlainDate(row.check_out_on),
    localStart: formatLocal(row.starts_at, timezone),
    title: titleOf(row),
    room,
    provider,
    totalGuests: row.guests ?? 0,
    balanceDue: balanceOf({
      status,
      price: { totalPayable: Number(row.total_payable) },
      paidAmount: Number(row.paid_amount),
      waivedAmount: Number(row.waived_amount),
    }),
    paymentStatus: row.payment_stage,
  };
}

/** Builds a title such as `Aoife B., Suite`. */
function titleOf({ first_name: first, last_name: last, sold }: Row): string {
  const initial = initialOf(last ?? '');
  const guest = first === null ? null : initial === null ? first : `${first} ${initial}.`;
  return [guest, sold].filter((part) => part !== null).join(', ');
}

/** Returns the first code point: an index into the string could split a surrogate pair. */
function initialOf(name: string): string | null {
  const point = name.codePointAt(0);
  return point === undefined ? null : String.fromCodePoint(point);
}

function notFound(name: string): AppError {
  return new AppError('not_found', { detail: `There is no ${name}.` });
}
