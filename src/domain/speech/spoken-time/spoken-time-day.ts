import { addDays, isPlainDate } from '../../time/calendar.ts';
import type { PlainDate } from '../../time/calendar.ts';
import { wallMidnight, weekdayOf } from '../../time/opening-hours.ts';
import type { SpokenDay } from './spoken-time-words.ts';

type SpokenWeekday = Extract<SpokenDay, { kind: 'WEEKDAY' }>;
type SpokenDate = Exclude<SpokenDay, SpokenWeekday>;

export type UnclearDay =
  | { readonly problem: 'NO_DATE' }
  | { readonly problem: 'NO_SUCH_DATE' }
  /** The named days differ, or the date falls on another weekday. */
  | { readonly problem: 'CONFLICT'; readonly dates: readonly PlainDate[] };

/**
 * Resolves all spoken phrases about the day to one date.
 *
 * - A bare weekday is the first after today. Today counts for "this Tuesday", and when `isAhead` says that the named
 *   time is still ahead.
 * - "Next Tuesday" is never today: on a Tuesday a week later, on other days the first Tuesday ahead.
 * - "Tuesday next week" is the Tuesday of the next calendar week, which begins on Monday.
 * - Beside a date, a weekday is only checked.
 * - A date without a year is the first ahead, today included.
 */
export function resolveDay(
  spoken: readonly SpokenDay[],
  today: PlainDate,
  isAhead: boolean,
): { readonly date: PlainDate } | UnclearDay {
  const weekdays = spoken.filter((day) => day.kind === 'WEEKDAY');
  const named = spoken.filter((day) => day.kind !== 'WEEKDAY').map((day) => resolveDate(day, today));
  const wanted = named.length > 0 ? named : weekdays.map((day) => resolveWeekday(day, today, isAhead));
  const dates: PlainDate[] = [];
  for (const date of new Set(wanted)) {
    if (date === null) return { problem: 'NO_SUCH_DATE' };
    dates.push(date);
  }
  const [date, other] = dates;
  if (date === undefined) return { problem: 'NO_DATE' };
  const isRightDay = weekdays.every(({ weekday }) => weekday === weekdayOf(wallMidnight(date)));
  return other === undefined && isRightDay ? { date } : { problem: 'CONFLICT', dates };
}

function resolveWeekday(spoken: SpokenWeekday, today: PlainDate, isAhead: boolean): PlainDate {
  const todays = weekdayOf(wallMidnight(today));
  const ahead = (spoken.weekday - todays + 7) % 7;
  const afterToday = ahead === 0 ? 7 : ahead;
  const days = {
    BARE: isAhead ? ahead : afterToday,
    THIS: ahead,
    NEXT: afterToday,
    OF_NEXT_WEEK: 7 + spoken.weekday - todays,
  }[spoken.which];
  return addDays(today, days + spoken.daysLater);
}

function resolveDate(spoken: SpokenDate, today: PlainDate): PlainDate | null {
  if (spoken.kind === 'DAYS_AHEAD') return addDays(today, spoken.days);
  const [year, month] = [Number(today.slice(0, 4)), Number(today.slice(5, 7))];
  if (spoken.kind === 'DAY_OF_MONTH') {
    const months = Array.from({ length: 12 }, (_, index) => year * 12 + month - 1 + index);
    return findFirstUpcoming(
      months.map((count) => formatDate(Math.floor(count / 12), (count % 12) + 1, spoken.day)),
      today,
    );
  }
  if (spoken.year === null)
    return findFirstUpcoming(
      [year, year + 1].map((each) => formatDate(each, spoken.month, spoken.day)),
      today,
    );
  const date = formatDate(spoken.year, spoken.month, spoken.day);
  return isPlainDate(date) ? date : null;
}

function findFirstUpcoming(dates: readonly PlainDate[], today: PlainDate): PlainDate | null {
  return dates.find((date) => isPlainDate(date) && date >= today) ?? null;
}

function formatDate(year: number, month: number, day: number): string {
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}
