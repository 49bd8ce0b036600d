import { z } from 'zod';
import { readClockTime } from '../../domain/clock-time.ts';
import { catalogueCode } from '../../http/fields.ts';

/** A code of the catalogue in whatever case it was written. */
export const looseCode = z
  .string()
  .trim()
  .max(32)
  .transform((code) => code.toUpperCase())
  .pipe(catalogueCode);

export const clockTime = z
  .string()
  .max(20)
  .refine((text) => readClockTime(text) !== null, 'must be a time such as 10:00 AM or 18:00');

/** A date and a time of day, both checked, as one wall time. */
export function joinStart(date: string, time: string): string {
  return `${date}T${readClockTime(time) ?? ''}`;
}
