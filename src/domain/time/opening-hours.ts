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
 * When it is really open on the dates from `first` to `last`, both included: in order, what touches or overlaps made one.
 *
 * A range begins at the first instant at which the clock shows its `from` or later, and ends at the last instant at which
 * the clock reaches its `to`. So where clocks go forward a time in the gap is the gap's end, and where they go back an hour
 * that comes twice is open twice. 1440 is the moment the date ends, also where the next one has no midnight.
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

/** The ranges in order, empty ones left out, those that touch or overlap made one. */
export function mergeRanges(ranges: readonly TimeRange[]): TimeRange[] {
  const merged: TimeRange[] = [];
  for (const range of ranges.filter(({ from, until }) => from < until).sort((a, b) => a.from - b.from)) {
    const previous = merged.at(-1);
    if (!previous || range.from > previous.until) merged.push(range);
    else if (range.until > previous.until) merged.splice(-1, 1, { from: previous.from, until: range.until });
  }
  return merged;
}

/** Midnight of the date as the clock on the wall shows it, whether or not the date has one. */
export function wallMidnight(date: PlainDate): WallTime {
  return countDays('1970-01-01', date) * DAY_MS;
}

/** The ISO weekday of a day on the wall: 1 (Monday) … 7. */
export function weekdayOf(wall: WallTime): number {
  const day = Math.floor(wall / DAY_MS) + 3;
  return day - Math.floor(day / 7) * 7 + 1;
}
