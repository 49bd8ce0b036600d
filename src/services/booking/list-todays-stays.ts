import type { Context } from '../../context.ts';
import { dateInZone } from '../../domain/calendar.ts';
import { readClock } from './booking-snapshot.ts';
import { listBookings } from './list-bookings.ts';
import type { BookingPage } from './list-bookings.ts';

/** The stays that touch the property's today and really take place: what housekeeping needs to see, and no more. */
export async function listTodaysStays(ctx: Context, query: Parameters<typeof listBookings>[1]): Promise<BookingPage> {
  const { timezone } = await ctx.db.property.findUniqueOrThrow({
    where: { id: query.propertyId },
    select: { timezone: true },
  });
  const today = dateInZone(await readClock(ctx.db), timezone);
  const filter = { ...query.filter, from: today, to: today, kind: 'STAY' as const };
  return listBookings(ctx, {
    ...query,
    filter: { ...filter, status: filter.status ?? ['CONFIRMED', 'IN_HOUSE', 'COMPLETED'] },
  });
}
