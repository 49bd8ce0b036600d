import { addDays, dateInZone } from './calendar.ts';
import { listOpenRanges } from './opening-hours.ts';
import type { OpeningHours, TimeRange } from './opening-hours.ts';
import { listOffsets } from './wall-time-offsets.ts';

const DAY_MS = 86_400_000;

/** Lists the times that no single range of opening hours covers, in the given order. */
export function findOutsideHours<T extends TimeRange>(hours: OpeningHours, timezone: string, times: readonly T[]): T[] {
  if (times.length === 0) return [];
  const from = Math.min(...times.map((time) => time.from));
  const until = Math.max(...times.map((time) => time.until));
  // A margin of three days: no zone is further from UTC or ever skipped more, and opening hours may cross midnight.
  const spans = listOffsets(timezone, from - 3 * DAY_MS, until + 3 * DAY_MS);
  const first = addDays(dateInZone(new Date(from), timezone), -1);
  const last = addDays(dateInZone(new Date(until), timezone), 1);
  const open = listOpenRanges(hours, first, last, spans);
  return times.filter((time) => !open.some((range) => range.from <= time.from && time.until <= range.until));
}
