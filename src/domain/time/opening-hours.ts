import { addDays, countDays, listDates } from './calendar.ts';
import type { PlainDate } from './calendar.ts';
import { firstAtOrAfter, lastReaching } from './wall-time-offsets.ts';
import type { OffsetSpan, WallTime } from './wall-time-offsets.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Minutes from midnight on the wall clock: [from, to), to at most 1440. */
export interface WallRange {
  readonly from: number;
  readonly to: number;
}

/** Instants [from, until), in epoch milliseconds. */
export interface TimeRange {
  readonly from: number;
  readonly until: number;
}

export interface OpeningHours {
  /** ISO weekday 1 (Monday) … 7 → opening ranges. */
  readonly weekly: Readonly<Record<number, readonly WallRange[]>>;
  /** Date → the opening ranges that replace the weekly ones that day; empty: closed. */
  readonly exceptions: Readonly<Record<PlainDate, readonly WallRange[]>>;
}

/**
 * Lists the opening ranges from `first` to `last`, both included, as instants: ascending, adjoining ranges merged.
 *
 * A range begins at the first instant at which the clock shows `from` or later, and ends at the last instant at which
 * the clock reaches `to`. Where clocks go forward, a time in the gap becomes the end of the gap; where clocks go back,
 * a repeated hour is open twice. 1440 is the end of the date, also when the next date has no midnight.
 */
export function listOpenRanges(
  hours: OpeningHours,
  first: PlainDate,
  last: PlainDate,
  spans: readonly OffsetSpan[],
): TimeRange[] {
  const firstMidnight = wallMidnight(first);
  const ranges = listDates(first, addDays(last, 1)).flatMap((date, index) => {
    const midnight = firstMidnight + index * DAY_MS;
    return (hours.exceptions[date] ?? hours.weekly[weekdayOf(midnight)] ?? []).map(({ from, to }) => ({
      from: firstAtOrAfter(spans, midnight + from * MINUTE_MS),
      until: lastReaching(spans, midnight + to * MINUTE_MS),
    }));
  });
  return mergeRanges(ranges);
}

/** Sorts ranges, removes empty ranges, and merges ranges that touch or overlap. */
export function mergeRanges(ranges: readonly TimeRange[]): TimeRange[] {
  const merged: TimeRange[] = [];
  for (const range of ranges.filter(({ from, until }) => from < until).sort((a, b) => a.from - b.from)) {
    const previous = merged.at(-1);
    if (!previous || range.from > previous.until) merged.push(range);
    else if (range.until > previous.until) merged.splice(-1, 1, { from: previous.from, until: range.until });
  }
  return merged;
}

/** Computes midnight of the date as wall time, also when a clock change skips midnight. */
export function wallMidnight(date: PlainDate): WallTime {
  return countDays('1970-01-01', date) * DAY_MS;
}

/** Computes the ISO weekday of a wall time: 1 (Monday) … 7. */
export function weekdayOf(wall: WallTime): number {
  const day = Math.floor(wall / DAY_MS) + 3;
  return day - Math.floor(day / 7) * 7 + 1;
}
