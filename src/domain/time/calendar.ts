import { Temporal } from 'temporal-polyfill';

/** A date without a time, `YYYY-MM-DD`. Sorts as text. */
export type PlainDate = string;

/** Tells whether the text is an existing date; `2026-02-30` is not. */
export function isPlainDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && formatDay(countDay(text)) === text;
}

export function addDays(date: PlainDate, days: number): PlainDate {
  return formatDay(countDay(date) + days);
}

/** Counts the days from `from` to `to`; negative when `to` is earlier. */
export function countDays(from: PlainDate, to: PlainDate): number {
  return countDay(to) - countDay(from);
}

/** Lists the dates in [from, to). */
export function listDates(from: PlainDate, to: PlainDate): PlainDate[] {
  const first = countDay(from);
  return Array.from({ length: Math.max(0, countDay(to) - first) }, (_, index) => formatDay(first + index));
}

// A search formats dozens of dates, and `Date` took a fifth of the search time. These functions count days instead:
// years begin in March, so that the leap day is last, and repeat every 400 years.
// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
const DAYS_PER_ERA = 146_097;

/** Day number of 1970-01-01. */
const EPOCH_DAY = countDay('1970-01-01');

/** Computes the date a number of days after 1970-01-01. */
export function dateOfEpochDay(days: number): PlainDate {
  return formatDay(EPOCH_DAY + days);
}

/** Computes the day number of a date, counted from 0000-03-01. */
function countDay(date: PlainDate): number {
  const month = Number(date.slice(5, 7));
  const year = Number(date.slice(0, 4)) - (month <= 2 ? 1 : 0);
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + Number(date.slice(8, 10)) - 1;
  return year * 365 + Math.floor(year / 4) - Math.floor(year / 100) + Math.floor(year / 400) + dayOfYear;
}

function formatDay(day: number): PlainDate {
  const era = Math.floor(day / DAYS_PER_ERA);
  const dayOfEra = day - era * DAYS_PER_ERA;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = ((monthFromMarch + 2) % 12) + 1;
  const year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0);
  const dayOfMonth = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(dayOfMonth, 2)}`;
}

function pad(number: number, digits: number): string {
  return String(number).padStart(digits, '0');
}

/** Converts a midnight in UTC, the database driver's form of a date, to a date. */
export function toPlainDate(midnight: Date): PlainDate {
  return Number.isNaN(midnight.getTime()) ? '' : midnight.toISOString().slice(0, 10);
}

/** Computes the date in the zone at the instant. */
export function dateInZone(instant: Date, timezone: string): PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(instant.getTime())
    .toZonedDateTimeISO(timezone)
    .toPlainDate()
    .toString();
}

/** Computes the first instant of the date in the zone. Not midnight where a clock change skips midnight. */
export function startOfDate(date: PlainDate, timezone: string): Date {
  return new Date(Temporal.PlainDate.from(date).toZonedDateTime(timezone).epochMilliseconds);
}
