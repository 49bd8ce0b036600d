import { addDays, dateInZone } from '../../time/calendar.ts';
import type { PlainDate } from '../../time/calendar.ts';
import { wallMidnight, weekdayOf } from '../../time/opening-hours.ts';
import { resolveDay } from './spoken-time-day.ts';
import type { UnclearDay } from './spoken-time-day.ts';
import { parseWords } from './spoken-time-words.ts';
import type { SpokenDay, PartOfDay, SpokenPart, SpokenPhrase, SpokenClockTime } from './spoken-time-words.ts';
import { parseStart, formatLocal, formatMinutes } from '../../time/wall-time.ts';

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const MINUTES_PER_DAY = 1_440;

/** Spoken text for day and time, whole or in parts. The parts must not contradict each other. */
export interface SpokenWords {
  readonly when?: string | undefined;
  readonly date?: string | undefined;
  readonly time?: string | undefined;
}

export type SpokenProblem =
  /** Unknown words, or a date or time that does not exist. */
  | 'UNREADABLE'
  /** Two days, or two times. */
  | 'CONFLICT'
  | 'PAST'
  /** A time without a day, or empty text. */
  | 'NO_DATE'
  /** A part of the day where a time is needed. */
  | 'NO_TIME';

export type ResolvedTime =
  /** `HH:MM` on the property's clock, possibly skipped or repeated by a clock change; null without a spoken time. */
  | { readonly date: PlainDate; readonly time: string | null }
  /** `say` is one sentence to speak; `date` and `part` hold the understood day and part of the day. */
  | {
      readonly problem: SpokenProblem;
      readonly say: string;
      readonly date: PlainDate | null;
      readonly part?: PartOfDay;
    };

/**
 * Resolves spoken words to a date and time on the property's clock. Unknown words are refused, never guessed.
 *
 * English is ambiguous, so read the result back with `describeStart`, which includes the weekday.
 * - Weekdays: see `resolveDay`.
 * - An hour without AM, PM or part of the day is a business hour: 8 to 11 AM, or 12 to 7 PM.
 * - Midnight begins the named day. "Midnight today" and midnight of a night end the day.
 */
export function resolveSpokenTime(
  words: SpokenWords & { readonly now: Date; readonly timezone: string },
): ResolvedTime {
  const { now, timezone } = words;
  const today = dateInZone(now, timezone);
  const phrases = parseAll(words);
  if (!phrases) return askAgain(today);
  const part = phrases.find(isPart)?.part ?? null;
  const timeOfDay = resolveTimeOfDay(phrases, part);
  if ('problem' in timeOfDay) return timeOfDay;
  const { minutes } = timeOfDay;
  const days = phrases.filter(isDay);
  const isAhead = minutes !== null && !isPast(today, minutes, now, timezone);
  const day = resolveDay(days, today, isAhead);
  if ('problem' in day) return explainDay(day, today);
  const isEndOfDay = minutes === 0 && (part === 'EVENING' || (days.some(isToday) && phrases.some(isMidnight)));
  const date = isEndOfDay ? addDays(day.date, 1) : day.date;
  if (date < today) return refusePast(describeDate(date, today), date);
  if (minutes === null) return part === null ? { date, time: null } : askForTime(date, part, today);
  if (isPast(date, minutes, now, timezone)) return refusePast(`Today, ${formatTime(minutes)}`, date);
  return { date, time: formatMinutes(minutes) };
}

function parseAll(words: SpokenWords & { readonly timezone: string }): SpokenPhrase[] | null {
  const phrases: SpokenPhrase[] = [];
  const [when, date, time] = [words.when, words.date, words.time].map((text) => toLocal(text ?? '', words.timezone));
  // In the field `time` a bare hour is a time, so "at" is added.
  for (const text of [when, date, `at ${time ?? ''}`]) {
    const parsed = parseWords(text ?? '');
    if (!parsed) return null;
    phrases.push(...parsed);
  }
  return phrases;
}

/** Converts a time with an offset to the property's clock; returns other text unchanged. */
function toLocal(text: string, timezone: string): string {
  if (!/(?:z|[+-]\d\d:\d\d)\s*$/i.test(text)) return text;
  const start = parseStart(text.trim(), timezone);
  return 'instant' in start ? formatLocal(start.instant, timezone).slice(0, 16) : text;
}

type UnresolvedTime = Extract<ResolvedTime, { problem: SpokenProblem }>;

/** Resolves the spoken times to one time, in minutes from midnight. */
function resolveTimeOfDay(
  phrases: readonly SpokenPhrase[],
  part: PartOfDay | null,
): { readonly minutes: number | null } | UnresolvedTime {
  const times = new Set(phrases.filter((piece) => piece.kind === 'TIME').map((time) => toMinutesOfDay(time, part)));
  if (times.has(null)) return fail('UNREADABLE', 'Sorry, is that time in the morning or in the afternoon?');
  const [minutes = null, other] = times;
  if (other === undefined) return { minutes };
  return fail('CONFLICT', 'Sorry, I heard two times, so which one would suit you?');
}

function toMinutesOfDay({ hour, minute, reading }: SpokenClockTime, part: PartOfDay | null): number | null {
  if (reading === '24H' || reading === 'MIDNIGHT') return toMinutes(hour, minute);
  if (reading !== 'BARE') return toMinutes((hour % 12) + (reading === 'PM' ? 12 : 0), minute);
  switch (part) {
    case 'MORNING':
      return toMinutes(hour % 12, minute);
    case 'AFTERNOON':
      return hour === 12 || hour <= 7 ? toMinutes((hour % 12) + 12, minute) : null;
    case 'EVENING':
      // Twelve at night is midnight; one to three at night belong to the next day, which the caller did not name.
      return hour === 12 ? toMinutes(0, minute) : hour >= 4 ? toMinutes(hour + 12, minute) : null;
    case null:
      return toMinutes(hour >= 8 && hour <= 11 ? hour : (hour % 12) + 12, minute);
  }
}

function toMinutes(hour: number, minute: number): number {
  return (hour * 60 + minute + MINUTES_PER_DAY) % MINUTES_PER_DAY;
}

function isMidnight(piece: SpokenPhrase): boolean {
  return piece.kind === 'TIME' && piece.reading === 'MIDNIGHT';
}

function isDay(piece: SpokenPhrase): piece is SpokenDay {
  return piece.kind !== 'TIME' && piece.kind !== 'PART';
}

function isPart(piece: SpokenPhrase): piece is SpokenPart {
  return piece.kind === 'PART';
}

function isToday(day: SpokenDay): boolean {
  return day.kind === 'DAYS_AHEAD' && day.days === 0;
}

/** Tells whether the time has passed. A repeated time has passed after the second occurrence, a skipped time never. */
function isPast(date: PlainDate, minutes: number, now: Date, timezone: string): boolean {
  const start = parseStart(`${date}T${formatMinutes(minutes)}`, timezone);
  if ('instant' in start) return start.instant < now;
  return start.problem === 'AMBIGUOUS' && start.candidates.every((candidate) => new Date(candidate) < now);
}

function explainDay(day: UnclearDay, today: PlainDate): UnresolvedTime {
  switch (day.problem) {
    case 'NO_DATE':
      return fail('NO_DATE', 'Which day would suit you?');
    case 'NO_SUCH_DATE':
      return fail('UNREADABLE', 'Sorry, there is no such date, so which day do you mean?');
    case 'CONFLICT': {
      const dates = day.dates.map((date) => describeDate(date, today));
      const understood = dates.length === 1 ? `that date is ${dates.join('')}` : `I heard ${dates.join(' and also ')}`;
      return fail('CONFLICT', `Sorry, ${understood}, so which day do you mean?`);
    }
  }
}

function askAgain(today: PlainDate): UnresolvedTime {
  const example = describeDate(addDays(today, 1), today);
  return fail('UNREADABLE', `Sorry, which day and time do you mean, said like "${example}, at 3 PM"?`);
}

function refusePast(start: string, date: PlainDate): UnresolvedTime {
  return fail('PAST', `${start}, has passed, so which other day or time would suit you?`, date);
}

function askForTime(date: PlainDate, part: PartOfDay, today: PlainDate): UnresolvedTime {
  const say = `What time in the ${part.toLowerCase()} of ${describeDate(date, today)}, would suit you?`;
  return { ...fail('NO_TIME', say, date), part };
}

/** Hours of each part of the day: [from, until), with the middle between. */
const HOURS_OF = { MORNING: [0, 9, 12], AFTERNOON: [12, 15, 18], EVENING: [17, 19, 24] } as const satisfies Record<
  PartOfDay,
  readonly [from: number, middle: number, until: number]
>;

/** Computes the distance of a local time from the part of the day, in hours; null inside the part. */
export function hoursFromPart(local: string, part: PartOfDay): number | null {
  const hour = Number(local.slice(11, 13)) + Number(local.slice(14, 16)) / 60;
  const [from, middle, until] = HOURS_OF[part];
  return from <= hour && hour < until ? null : Math.abs(hour - middle);
}

function fail(problem: SpokenProblem, say: string, date: PlainDate | null = null): UnresolvedTime {
  return { problem, say, date };
}

/** Formats a start for speech, always with the weekday: `tomorrow, Tuesday, May 18, at 3:00 PM`. */
export function describeStart(instant: Date, timezone: string, now: Date): string {
  const today = dateInZone(now, timezone);
  const local = formatLocal(instant, timezone);
  const [date, hour, minute] = [local.slice(0, 10), Number(local.slice(11, 13)), Number(local.slice(14, 16))];
  const near = date === today ? 'today, ' : date === addDays(today, 1) ? 'tomorrow, ' : '';
  return `${near}${describeDate(date, today)}, at ${formatTime(hour * 60 + minute)}`;
}

/** Formats a date for speech, with the year when different from today's: `Tuesday, May 18`. */
export function describeDate(date: PlainDate, today: PlainDate): string {
  const weekday = WEEKDAYS[weekdayOf(wallMidnight(date)) - 1] ?? '';
  const month = MONTHS[Number(date.slice(5, 7)) - 1] ?? '';
  const year = date.slice(0, 4) === today.slice(0, 4) ? '' : `, ${date.slice(0, 4)}`;
  return `${weekday}, ${month} ${String(Number(date.slice(8, 10)))}${year}`;
}

function formatTime(minutes: number): string {
  const hour = Math.floor(minutes / 60);
  return `${String(hour % 12 === 0 ? 12 : hour % 12)}:${String(minutes % 60).padStart(2, '0')} ${hour < 12 ? 'AM' : 'PM'}`;
}
