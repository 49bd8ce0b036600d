import { addDays } from '../time/calendar.ts';
import type { PlainDate } from '../time/calendar.ts';

/**
 * Finds the first night that returns to the inventory when a stay ends early or never began.
 *
 * That is the night after `tonight`, the one under way. The first night of the stay is never released, also after an early check-in.
 */
export function findFirstReleasedNight(input: { checkIn: PlainDate; tonight: PlainDate }): PlainDate {
  const afterFirst = addDays(input.checkIn, 1);
  const afterTonight = addDays(input.tonight, 1);
  return afterTonight > afterFirst ? afterTonight : afterFirst;
}
