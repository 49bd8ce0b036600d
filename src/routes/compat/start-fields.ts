import { z } from 'zod';
import { readClockTime } from '../../domain/time/clock-time.ts';

/** A code of the catalogue in whatever case it was written. No `transform`: the document would lose its examples. */
export const looseCode = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/, 'must be a code of letters, digits, _ and -')
  .toUpperCase();

export const clockTime = z
  .string()
  .max(20)
  .refine((text) => readClockTime(text) !== null, 'must be a time such as 10:00 AM or 18:00');

/** A date and a time of day, both checked, as one wall time. */
export function joinStart(date: string, time: string): string {
  return `${date}T${readClockTime(time) ?? ''}`;
}
