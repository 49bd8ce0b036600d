import { z } from 'zod';
import { parseClockTime } from '../../../domain/time/clock-time.ts';

/** A catalogue code in any letter case. `transform` would lose the examples of the API document. */
export const looseCode = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/, 'must be a code of letters, digits, _ and -')
  .toUpperCase();

export const clockTime = z
  .string()
  .max(20)
  .refine((text) => parseClockTime(text) !== null, 'must be a time such as 10:00 AM or 18:00');

/** Joins a validated date and time of day to one wall time. */
export function joinStart(date: string, time: string): string {
  return `${date}T${parseClockTime(time) ?? ''}`;
}
