import { addDays, dateInZone } from './calendar.ts';
import { listOpenRanges } from './opening-hours.ts';
import type { OpeningHours, TimeRange } from './opening-hours.ts';
import { listOffsets } from './wall-time-offsets.ts';

const DAY_MS = 86_400_000;

/** Those of the times that no one stretch of the opening hours covers from beginning to end, in the order given. */
export function findOutsideHours<T extends TimeRange>(hours: OpeningHours, timezone: string, times: readonly T[]): T[] {
  if (times.length === 0) return [];
  const from = Math.min(...times.map((time) => time.from));
  const until = Math.max(...times.map((time) => time.until));
  // Three days to either side: no zone is as far from UTC, nor ever skipped more, and hours may run on over midnight.
  const spans = listOffsets(timezone, from - 3 * DAY_MS, until + 3 * DAY_MS);
  const first = addDays(dateInZone(new Date(from), timezone), -1);
  const last = addDays(dateInZone(new Date(until), timezone), 1);
  const open = listOpenRanges(hours, first, last, spans);
  return times.filter((time) => !open.some((range) => range.from <= time.from && time.until <= range.until));
}
