import type { Context } from '../../context.ts';
import { addDays } from '../../domain/calendar.ts';
import type { PlainDate } from '../../domain/calendar.ts';
import { AppError } from '../../errors.ts';
import { readOffer } from './read-offer.ts';

/**
 * The nights on which the room type can't be had: sold out, closed, or not on sale. Both ends included.
 *
 * Nights before the property's today count as booked. Throws: not_found.
 */
export async function listBookedDates(
  ctx: Context,
  input: { slug: string; roomType: string; from: PlainDate; to: PlainDate },
): Promise<PlainDate[]> {
  const stay = { checkIn: MUCH_LATER, checkOut: addDays(MUCH_LATER, 1), adults: 1, children: 0 };
  const { from, to } = input;
  const offer = await readOffer(ctx, { slug: input.slug, stay, roomType: input.roomType, from, to: addDays(to, 1) });
  const roomType = offer.roomTypes[0];
  if (roomType === undefined) throw new AppError('not_found', { detail: `There is no room type "${input.roomType}".` });
  const free = new Set(
    roomType.nights
      .filter((night) => night.date >= offer.today && !night.isClosed && night.free + night.overdue > 0)
      .map((night) => night.date),
  );
  const dates: PlainDate[] = [];
  for (let date = from; date <= to; date = addDays(date, 1)) if (!free.has(date)) dates.push(date);
  return dates;
}

/** An arrival that is never past: asking for dates is asking for no stay. */
const MUCH_LATER = '2099-12-30';
