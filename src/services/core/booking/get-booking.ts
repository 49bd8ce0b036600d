import type { Context } from '../../../context.ts';
import type { BookingSnapshot } from '../../../domain/booking/booking.ts';
import { AppError } from '../../../errors.ts';
import { readBooking } from './booking-snapshot.ts';

/** Reads the property's booking with this code. Throws: not_found, also for a booking of another property. */
export async function getBooking(ctx: Context, input: { propertyId: string; code: string }): Promise<BookingSnapshot> {
  const { propertyId, code } = input;
  const row = await ctx.db.booking.findFirst({ where: { propertyId, code }, select: { id: true } });
  if (row === null) throw new AppError('not_found', { detail: `There is no booking ${code} here.` });
  return readBooking(ctx, ctx.db, row.id);
}
