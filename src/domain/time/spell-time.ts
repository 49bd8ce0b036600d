import { dateOfEpochDay } from './calendar.ts';
import type { PlainDate } from './calendar.ts';

const DAY_MS = 86_400_000;
/** 0000-01-01 and the last millisecond of 9999, beyond which a date has other digits. */
const [FIRST, LAST] = [-62_167_219_200_000, 253_402_300_799_999];

const TWO_DIGITS = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));

/** Whoever spells a week of slots spells each of its dates dozens of times in a row. */
let latest: { readonly day: number; readonly date: PlainDate } = { day: 0, date: '1970-01-01' };

/**
 * `2027-05-14T15:00:00` of milliseconds since 1970, as a clock in UTC shows them. What is less than a second is left out.
 *
 * What `Date` would spell; by `Date` the texts of a week of slots took most of the time that its search takes.
 */
export function spellTime(time: number): string {
  if (!(time >= FIRST && time <= LAST)) return new Date(time).toISOString().replace(/\.\d+Z$/, '');
  const day = Math.floor(time / DAY_MS);
  if (day !== latest.day) latest = { day, date: dateOfEpochDay(day) };
  const second = Math.floor((time - day * DAY_MS) / 1_000);
  const minute = Math.floor(second / 60);
  return `${latest.date}T${two(Math.floor(minute / 60))}:${two(minute % 60)}:${two(second % 60)}`;
}

/** An instant as the outside gets it: `2027-05-14T15:00:00.000Z`. */
export function spellInstant(time: number): string {
  const rest = time - Math.floor(time / 1_000) * 1_000;
  return `${spellTime(time)}.${String(rest).padStart(3, '0')}Z`;
}

function two(number: number): string {
  return TWO_DIGITS[number] ?? '';
}
