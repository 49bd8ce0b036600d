import type { Context } from '../../../context.ts';
import type { BookingStatus } from '../../../domain/booking-status.ts';
import { dateInZone } from '../../../domain/time/calendar.ts';
import { readClock } from '../../../db/connection/clock.ts';
import { listBookings } from './list-bookings.ts';
import type { BookingPage } from './list-bookings.ts';

/** Statuses of stays that take place. */
const REAL_STAYS: readonly BookingStatus[] = ['CONFIRMED', 'IN_HOUSE', 'COMPLETED'];

/**
 * Lists the stays that take place at the property today, for housekeeping.
 *
 * Includes overstays: a guest past the day of departure still occupies the room.
 */
export async function listTodaysStays(ctx: Context, query: Parameters<typeof listBookings>[1]): Promise<BookingPage> {
  const { timezone } = await ctx.db.property.findUniqueOrThrow({
    where: { id: query.propertyId },
    select: { timezone: true },
  });
  const today = dateInZone(await readClock(ctx.db), timezone);
  const requested = query.filter.status ?? REAL_STAYS;
  const status = REAL_STAYS.filter((each) => requested.includes(each));
  const filter = { ...query.filter, from: today, to: today, kind: 'STAY' as const, status };
  return listBookings(ctx, { ...query, filter });
}
