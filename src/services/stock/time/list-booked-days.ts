import type { Context } from '../../../context.ts';
import { addDays, dateInZone, listDates } from '../../../domain/time/calendar.ts';
import type { PlainDate } from '../../../domain/time/calendar.ts';
import { listOpenSlots } from './list-open-slots.ts';

/** Lists the dates without a bookable start: fully booked, closed, or not on sale. Throws: not_found. */
export async function listBookedDays(
  ctx: Context,
  input: { slug: string; service: string; from: PlainDate; to: PlainDate },
): Promise<PlainDate[]> {
  const { timezone, slots } = await listOpenSlots(ctx, { ...input, provider: null });
  const free = new Set(slots.map(({ startsAt }) => dateInZone(new Date(startsAt), timezone)));
  return listDates(input.from, addDays(input.to, 1)).filter((date) => !free.has(date));
}
