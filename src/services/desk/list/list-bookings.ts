import type { Context } from '../../../context.ts';
import { Prisma } from '../../../db/client.ts';
import type { BookingSnapshot, BookingSource } from '../../../domain/booking/booking.ts';
import type { BookingKind, BookingStatus } from '../../../domain/booking-status.ts';
import { matchPerson } from '../../../db/statements/match-person.ts';
import { addDays, startOfDate } from '../../../domain/time/calendar.ts';
import type { PlainDate } from '../../../domain/time/calendar.ts';
import { findPhoneFingerprints } from '../../core/secrets/phone-fingerprints.ts';
import { readBookings } from '../../core/booking/booking-snapshot.ts';
import { occupiesAfter } from './occupies-after.ts';

export const BOOKING_SORTS = ['createdAt', '-createdAt', 'startsAt', '-startsAt', 'captureBefore'] as const;
export type BookingSort = (typeof BOOKING_SORTS)[number];

/** Sort keys; never null, because a cursor holds a value of the key. */
const SORT_KEYS: Record<BookingSort, Prisma.Sql> = {
  createdAt: Prisma.sql`b.created_at`,
  '-createdAt': Prisma.sql`b.created_at`,
  startsAt: Prisma.sql`b.starts_at`,
  '-startsAt': Prisma.sql`b.starts_at`,
  // Bookings without an authorization come last.
  captureBefore: Prisma.sql`coalesce(b.capture_before, timestamptz '2999-12-31T00:00:00Z')`,
};

/** Filters of a list of bookings. Dates are local to the property; ranges include both ends. */
export interface BookingFilter {
  readonly status?: readonly BookingStatus[] | undefined;
  readonly kind?: BookingKind | undefined;
  readonly from?: PlainDate | undefined;
  readonly to?: PlainDate | undefined;
  readonly createdFrom?: PlainDate | undefined;
  readonly createdTo?: PlainDate | undefined;
  readonly authorizedFrom?: PlainDate | undefined;
  readonly authorizedTo?: PlainDate | undefined;
  readonly room?: string | undefined;
  readonly roomType?: string | undefined;
  readonly provider?: string | undefined;
  readonly service?: string | undefined;
  readonly source?: BookingSource | undefined;
  readonly q?: string | undefined;
}

interface ListQuery {
  readonly propertyId: string;
  readonly filter: BookingFilter;
  readonly sort: BookingSort;
  readonly limit: number;
  /** Cursor: the last row of the previous page. */
  readonly after: { readonly at: string; readonly id: string } | null;
}

export interface BookingPage {
  readonly items: BookingSnapshot[];
  readonly next: readonly [at: string, id: string] | null;
}

/** Lists a page of the property's bookings in a constant number of queries. */
export async function listBookings(ctx: Context, query: ListQuery): Promise<BookingPage> {
  const { timezone } = await ctx.db.property.findUniqueOrThrow({
    where: { id: query.propertyId },
    select: { timezone: true },
  });
  const isDescending = query.sort.startsWith('-');
  const key = SORT_KEYS[query.sort];
  const order = isDescending ? Prisma.sql`DESC` : Prisma.sql`ASC`;
  const conditions = [
    Prisma.sql`b.property_id = ${query.propertyId}::uuid`,
    ...listConditions(ctx, query, timezone),
    ...(query.after === null
      ? []
      : [
          Prisma.sql`(${key}, b.id) ${isDescending ? Prisma.sql`<` : Prisma.sql`>`} (${query.after.at}::timestamptz, ${query.after.id}::uuid)`,
        ]),
  ];
  const rows = await ctx.db.$queryRaw<{ id: string; at: Date }[]>`
    SELECT b.id, ${key} AS at FROM bookings b
    LEFT JOIN stays s ON s.booking_id = b.id
    WHERE ${Prisma.join(conditions, ' AND ')}
    ORDER BY ${key} ${order}, b.id ${order}
    LIMIT ${query.limit + 1}`;
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  return {
    items: await readBookings(
      ctx,
      ctx.db,
      page.map(({ id }) => id),
    ),
    next: rows.length > query.limit && last !== undefined ? [last.at.toISOString(), last.id] : null,
  };
}

function listConditions(ctx: Context, { propertyId, filter }: ListQuery, timezone: string): Prisma.Sql[] {
  const { status, kind, source, roomType, room, q } = filter;
  const startOf = (date: PlainDate) => Prisma.sql`${startOfDate(date, timezone)}`;
  const endOf = (date: PlainDate) => Prisma.sql`${startOfDate(addDays(date, 1), timezone)}`;
  const when = <T>(value: T | undefined, condition: (value: T) => Prisma.Sql) =>
    value === undefined ? [] : [condition(value)];
  return [
    ...when(status, (values) => Prisma.sql`b.status = ANY(${[...values]}::booking_status[])`),
    ...when(kind, (value) => Prisma.sql`b.kind = ${value}::booking_kind`),
    ...when(source, (value) => Prisma.sql`b.source = ${value}::booking_source`),
    ...when(filter.from, (date) => occupiesAfter(startOfDate(date, timezone))),
    ...when(filter.to, (date) => Prisma.sql`b.starts_at < ${endOf(date)}`),
    ...when(filter.createdFrom, (date) => Prisma.sql`b.created_at >= ${startOf(date)}`),
    ...when(filter.createdTo, (date) => Prisma.sql`b.created_at < ${endOf(date)}`),
    ...when(filter.authorizedFrom, (date) => Prisma.sql`b.payment_authorized_at >= ${startOf(date)}`),
    ...when(filter.authorizedTo, (date) => Prisma.sql`b.payment_authorized_at < ${endOf(date)}`),
    ...when(
      roomType,
      (code) => Prisma.sql`EXISTS (SELECT FROM room_types t WHERE t.id = s.room_type_id AND t.code = ${code})`,
    ),
    ...when(
      filter.provider,
      (code) => Prisma.sql`EXISTS (
      SELECT FROM appointments m JOIN providers v ON v.id = m.provider_id WHERE m.booking_id = b.id AND v.code = ${code})`,
    ),
    ...when(
      filter.service,
      (code) => Prisma.sql`EXISTS (
      SELECT FROM appointments m JOIN services v ON v.id = m.service_id WHERE m.booking_id = b.id AND v.code = ${code})`,
    ),
    ...when(
      room,
      (number) => Prisma.sql`EXISTS (
      SELECT FROM room_assignments a JOIN rooms r ON r.id = a.room_id
      WHERE a.booking_id = b.id AND a.released_at IS NULL AND r.number = ${number})`,
    ),
    ...when(q, (text) => matchText(ctx, { propertyId, timezone, text })),
  ];
}

/** Matches a prefix of code, e-mail or name, or a whole telephone number, because numbers are stored encrypted. */
function matchText(
  ctx: Context,
  { propertyId, timezone, text }: { propertyId: string; timezone: string; text: string },
): Prisma.Sql {
  const columns = {
    firstName: Prisma.sql`m.first_name`,
    lastName: Prisma.sql`m.last_name`,
    email: Prisma.sql`m.email`,
  };
  const phones = findPhoneFingerprints(ctx.config.ENCRYPTION_KEY, text, timezone);
  // A UNION uses one index per condition; an OR would scan the whole table.
  const guests = [
    ...matchPerson(columns, text),
    ...(phones.length === 0 ? [] : [Prisma.sql`m.phone_hash = ANY(${phones})`]),
  ].map((condition) => Prisma.sql` UNION SELECT m.booking_id FROM party_members m WHERE ${condition}`);
  return Prisma.sql`b.id IN (
    SELECT c.id FROM bookings c WHERE c.property_id = ${propertyId}::uuid AND c.code ~>=~ ${text.toUpperCase()} AND c.code ~<~ ${`${text.toUpperCase()}\u{10FFFF}`}${guests.length === 0 ? Prisma.empty : Prisma.join(guests, '')})`;
}
