import type { Context } from '../../../context.ts';
import type { BookingStatus } from '../../../domain/booking-status.ts';
import { dateInZone } from '../../../domain/time/calendar.ts';
import { readClock } from '../../../db/clock.ts';
import { listBookings } from './list-bookings.ts';
import type { BookingPage } from './list-bookings.ts';

/** Stays in which somebody comes, is there or has left. */
const REAL_STAYS: readonly BookingStatus[] = ['CONFIRMED', 'IN_HOUSE', 'COMPLETED'];

/**
 * The stays that touch the property's today and really take place: what housekeeping needs to see, and no more.
 *
 * Who is in the house past the day of departure still has the room, and is one of them.
 */
export async function listTodaysStays(ctx: Context, query: Parameters<typeof listBookings>[1]): Promise<BookingPage> {
  const { timezone } = await ctx.db.property.findUniqueOrThrow({
    where: { id: query.propertyId },
    select: { timezone: true },
  });
  const today = dateInZone(await readClock(ctx.db), timezone);
  const wanted = query.filter.status ?? REAL_STAYS;
  const status = REAL_STAYS.filter((real) => wanted.includes(real));
  const filter = { ...query.filter, from: today, to: today, orInHouse: true, kind: 'STAY' as const, status };
  return listBookings(ctx, { ...query, filter });
}
