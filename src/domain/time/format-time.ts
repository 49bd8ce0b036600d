import { dateOfEpochDay } from './calendar.ts';
import type { PlainDate } from './calendar.ts';

const DAY_MS = 86_400_000;
/** First and last millisecond of the years 0000 to 9999, in which a year has four digits. */
const [FIRST, LAST] = [-62_167_219_200_000, 253_402_300_799_999];

const TWO_DIGITS = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));

/** The last formatted date. A week of slots repeats each date dozens of times in a row. */
let latest: { readonly day: number; readonly date: PlainDate } = { day: 0, date: '1970-01-01' };

/**
 * Formats epoch milliseconds in UTC as `2027-05-14T15:00:00`, without fractions of a second.
 *
 * Equals the output of `Date`. With `Date`, formatting a week of slots took most of the search time.
 */
export function formatTime(time: number): string {
  if (!(time >= FIRST && time <= LAST)) return new Date(time).toISOString().replace(/\.\d+Z$/, '');
  const day = Math.floor(time / DAY_MS);
  if (day !== latest.day) latest = { day, date: dateOfEpochDay(day) };
  const second = Math.floor((time - day * DAY_MS) / 1_000);
  const minute = Math.floor(second / 60);
  return `${latest.date}T${padTwo(Math.floor(minute / 60))}:${padTwo(minute % 60)}:${padTwo(second % 60)}`;
}

/** Formats an instant for responses: `2027-05-14T15:00:00.000Z`. */
export function formatInstant(time: number): string {
  const milliseconds = time - Math.floor(time / 1_000) * 1_000;
  return `${formatTime(time)}.${String(milliseconds).padStart(3, '0')}Z`;
}

function padTwo(number: number): string {
  return TWO_DIGITS[number] ?? '';
}
