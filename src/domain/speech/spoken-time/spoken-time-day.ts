import { addDays, isPlainDate } from '../../time/calendar.ts';
import type { PlainDate } from '../../time/calendar.ts';
import { wallMidnight, weekdayOf } from '../../time/opening-hours.ts';
import type { DaySaid } from './spoken-time-words.ts';

type WeekdaySaid = Extract<DaySaid, { kind: 'WEEKDAY' }>;
type DateSaid = Exclude<DaySaid, WeekdaySaid>;

export type UnclearDay =
  | { readonly problem: 'NO_DATE' }
  | { readonly problem: 'NO_SUCH_DATE' }
  /** The days that were named differ, or the date is on another weekday. */
  | { readonly problem: 'CONFLICT'; readonly dates: readonly PlainDate[] };

/**
 * The one date that all that was said about the day means.
 *
 * A weekday is the first one after today; today itself only when `isAhead` says that a time was named which is still to
 * come, or when it is "this" Tuesday. "Next Tuesday" is never today: asked on a Tuesday it is a week later, and on any other
 * day the first to come. "Tuesday next week" is that of the next week from Monday on. Beside a date a weekday only has to
 * be right. A date without a year is the first to come, today included.
 */
export function resolveDay(
  said: readonly DaySaid[],
  today: PlainDate,
  isAhead: boolean,
): { readonly date: PlainDate } | UnclearDay {
  const weekdays = said.filter((day) => day.kind === 'WEEKDAY');
  const named = said.filter((day) => day.kind !== 'WEEKDAY').map((day) => resolveDate(day, today));
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

function resolveWeekday(said: WeekdaySaid, today: PlainDate, isAhead: boolean): PlainDate {
  const todays = weekdayOf(wallMidnight(today));
  const ahead = (said.weekday - todays + 7) % 7;
  const afterToday = ahead === 0 ? 7 : ahead;
  const days = {
    BARE: isAhead ? ahead : afterToday,
    THIS: ahead,
    NEXT: afterToday,
    OF_NEXT_WEEK: 7 + said.weekday - todays,
  }[said.which];
  return addDays(today, days + said.daysLater);
}

function resolveDate(said: DateSaid, today: PlainDate): PlainDate | null {
  if (said.kind === 'DAYS_AHEAD') return addDays(today, said.days);
  const [year, month] = [Number(today.slice(0, 4)), Number(today.slice(5, 7))];
  if (said.kind === 'DAY_OF_MONTH') {
    const months = Array.from({ length: 12 }, (_, index) => year * 12 + month - 1 + index);
    return firstToCome(
      months.map((count) => spellDate(Math.floor(count / 12), (count % 12) + 1, said.day)),
      today,
    );
  }
  if (said.year === null)
    return firstToCome(
      [year, year + 1].map((each) => spellDate(each, said.month, said.day)),
      today,
    );
  const date = spellDate(said.year, said.month, said.day);
  return isPlainDate(date) ? date : null;
}

function firstToCome(dates: readonly PlainDate[], today: PlainDate): PlainDate | null {
  return dates.find((date) => isPlainDate(date) && date >= today) ?? null;
}

function spellDate(year: number, month: number, day: number): string {
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}
