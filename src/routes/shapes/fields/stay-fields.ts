import { z } from 'zod';
import { countDays } from '../../../domain/time/calendar.ts';
import { MAX_NIGHTS } from '../../../domain/availability/stay.ts';
import { adults, catalogueCode, children, plainDate } from '../../../http/contract/fields.ts';

/** Nights and guests of a stay in a JSON body. */
export const stayFields = {
  roomType: catalogueCode,
  checkIn: plainDate,
  checkOut: plainDate,
  adults: adults.default(2),
  children: children.default(0),
};

/** Nights and guests of a stay in a query string, with numbers as text. */
export const stayQueryFields = {
  checkIn: plainDate,
  checkOut: plainDate,
  adults: z.coerce.number().pipe(adults).default(2),
  children: z.coerce.number().pipe(children).default(0),
};

interface Nights {
  readonly checkIn: string;
  readonly checkOut: string;
}

/** Adds an issue for a stay without a night or above the maximum length. */
export function checkNights({ checkIn, checkOut }: Nights, context: z.core.$RefinementCtx): void {
  const nights = countDays(checkIn, checkOut);
  if (nights < 1) context.addIssue({ code: 'custom', path: ['checkOut'], message: 'must be after checkIn' });
  if (nights > MAX_NIGHTS) {
    context.addIssue({
      code: 'custom',
      path: ['checkOut'],
      message: `must be at most ${String(MAX_NIGHTS)} nights after checkIn`,
    });
  }
}
