import type { Context } from '../../../context.ts';
import type { BookingEvent } from '../../../db/client.ts';
import { AppError } from '../../../errors.ts';

/** Lists the audit events of a booking, the oldest first. Throws: not_found. */
export async function getBookingHistory(
  ctx: Context,
  input: { propertyId: string; code: string },
): Promise<BookingEvent[]> {
  const { propertyId, code } = input;
  const booking = await ctx.db.booking.findFirst({ where: { propertyId, code }, select: { id: true } });
  if (booking === null) throw new AppError('not_found', { detail: `There is no booking ${code} here.` });
  return ctx.db.bookingEvent.findMany({ where: { bookingId: booking.id }, orderBy: { id: 'asc' } });
}
