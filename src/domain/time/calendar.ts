import { Temporal } from 'temporal-polyfill';

/** A date without a time, `YYYY-MM-DD`. Sorts as text. */
export type PlainDate = string;

/** Whether the text is a date that exists: `2026-02-30` is none. */
export function isPlainDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && spellDay(countDay(text)) === text;
}

export function addDays(date: PlainDate, days: number): PlainDate {
  return spellDay(countDay(date) + days);
}

/** Whole days from `from` to `to`; negative when `to` is earlier. */
export function countDays(from: PlainDate, to: PlainDate): number {
  return countDay(to) - countDay(from);
}

/** The dates of the half-open range [from, to). */
export function listDates(from: PlainDate, to: PlainDate): PlainDate[] {
  const first = countDay(from);
  return Array.from({ length: Math.max(0, countDay(to) - first) }, (_, index) => spellDay(first + index));
}

// Every search spells dozens of dates. Going through `Date` for each was a fifth of its time, so they are counted: years
// begin in March, which puts the leap day last, and repeat every 400 (Hinnant, "chrono-compatible low-level date algorithms").
const DAYS_PER_ERA = 146_097;

/** The number of 1970-01-01. */
const EPOCH_DAY = countDay('1970-01-01');

/** The date so many days after 1970-01-01. */
export function dateOfEpochDay(days: number): PlainDate {
  return spellDay(EPOCH_DAY + days);
}

/** The day's number, counted from 0000-03-01. */
function countDay(date: PlainDate): number {
  const month = Number(date.slice(5, 7));
  const year = Number(date.slice(0, 4)) - (month <= 2 ? 1 : 0);
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + Number(date.slice(8, 10)) - 1;
  return year * 365 + Math.floor(year / 4) - Math.floor(year / 100) + Math.floor(year / 400) + dayOfYear;
}

function spellDay(day: number): PlainDate {
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
  return `${spell(year, 4)}-${spell(month, 2)}-${spell(dayOfMonth, 2)}`;
}

function spell(number: number, digits: number): string {
  return String(number).padStart(digits, '0');
}

/** The date of a midnight in UTC, which is how the database driver spells dates. */
export function toPlainDate(midnight: Date): PlainDate {
  return Number.isNaN(midnight.getTime()) ? '' : midnight.toISOString().slice(0, 10);
}

/** The date it is in the zone at that instant. */
export function dateInZone(instant: Date, timezone: string): PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(instant.getTime())
    .toZonedDateTimeISO(timezone)
    .toPlainDate()
    .toString();
}

/** The first instant of the date in the zone; not always midnight, where clocks change at midnight. */
export function startOfDate(date: PlainDate, timezone: string): Date {
  return new Date(Temporal.PlainDate.from(date).toZonedDateTime(timezone).epochMilliseconds);
}
