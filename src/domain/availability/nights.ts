import { addDays } from '../time/calendar.ts';
import type { PlainDate } from '../time/calendar.ts';

/**
 * The first night that goes back to the inventory when a stay ends early or never began: the night after today's.
 *
 * The first night is never given back, not even to one who checked in before their day.
 */
export function firstNightGivenBack(input: { checkIn: PlainDate; today: PlainDate }): PlainDate {
  const afterFirst = addDays(input.checkIn, 1);
  const afterToday = addDays(input.today, 1);
  return afterToday > afterFirst ? afterToday : afterFirst;
}
