import { Temporal } from 'temporal-polyfill';

/** A date without a time, `YYYY-MM-DD`. Sorts as text. */
export type PlainDate = string;

const DAY_MS = 86_400_000;

/** Whether the text is a date that exists: `2026-02-30` is none. */
export function isPlainDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && toPlainDate(new Date(`${text}T00:00:00Z`)) === text;
}

export function addDays(date: PlainDate, days: number): PlainDate {
  return toPlainDate(new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS));
}

/** Whole days from `from` to `to`; negative when `to` is earlier. */
export function countDays(from: PlainDate, to: PlainDate): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS);
}

/** The dates of the half-open range [from, to). */
export function listDates(from: PlainDate, to: PlainDate): PlainDate[] {
  return Array.from({ length: Math.max(0, countDays(from, to)) }, (_, index) => addDays(from, index));
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
