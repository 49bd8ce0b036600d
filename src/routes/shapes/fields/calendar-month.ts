import { z } from 'zod';
import { addDays } from '../../../domain/time/calendar.ts';
import type { PlainDate } from '../../../domain/time/calendar.ts';

/** A calendar month, `YYYY-MM`. */
export const calendarMonth = z
  .string()
  .regex(/^20\d\d-(0[1-9]|1[0-2])$/, 'must be a month between 2000-01 and 2099-12')
  .meta({ examples: ['2027-05'] });

/** Returns the last date of a month `YYYY-MM`. */
export function lastOfMonth(month: string): PlainDate {
  const nextMonth = addDays(`${month}-01`, 31).slice(0, 7);
  return addDays(`${nextMonth}-01`, -1);
}
