import type { Context } from '../../../context.ts';
import { addDays, listDates } from '../../../domain/time/calendar.ts';
import type { PlainDate } from '../../../domain/time/calendar.ts';
import { AppError } from '../../../errors.ts';
import { readNights } from '../../stock/inventory/read-stay-offer.ts';

/**
 * Lists the nights on which a room type is sold out, closed or not on sale. Both ends included.
 *
 * Nights before the property's today count as booked. A night that is only closed to arrival or departure does not: a
 * longer stay can have it. Throws: not_found.
 */
export async function listBookedDates(
  ctx: Context,
  input: { slug: string; roomType: string; from: PlainDate; to: PlainDate },
): Promise<PlainDate[]> {
  const { from, to } = input;
  const stay = { checkIn: from, checkOut: addDays(to, 1) };
  const offer = await readNights(ctx, { slug: input.slug, stay, roomType: input.roomType });
  const roomType = offer.roomTypes[0];
  if (roomType === undefined) throw new AppError('not_found', { detail: `There is no room type "${input.roomType}".` });
  const free = new Set(
    roomType.nights
      .filter((night) => night.date >= offer.today && !night.isClosed && night.free + night.overdue > 0)
      .map((night) => night.date),
  );
  return listDates(from, addDays(to, 1)).filter((date) => !free.has(date));
}
