import { addDays, dateInZone } from '../../time/calendar.ts';
import type { PlainDate } from '../../time/calendar.ts';
import { wallMidnight, weekdayOf } from '../../time/opening-hours.ts';
import { resolveDay } from './spoken-time-day.ts';
import type { UnclearDay } from './spoken-time-day.ts';
import { hearWords } from './spoken-time-words.ts';
import type { DaySaid, PartOfDay, PartSaid, PieceSaid, TimeSaid } from './spoken-time-words.ts';
import { readStart, spellLocal, spellMinutes } from '../../time/wall-time.ts';

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const MONTHS = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July'],
  ...['August', 'September', 'October', 'November', 'December'],
];
const MINUTES_PER_DAY = 1_440;

/** What a caller said, whole or in parts; the parts must not contradict each other. */
export interface SpokenWords {
  readonly when?: string | undefined;
  readonly date?: string | undefined;
  readonly time?: string | undefined;
}

export type SpokenProblem =
  /** Words that are not understood, or a date or time that does not exist. */
  | 'UNREADABLE'
  /** Two days, or two times. */
  | 'CONFLICT'
  | 'PAST'
  /** A time without a day, or nothing at all. */
  | 'NO_DATE'
  /** A part of the day where only a time will do. */
  | 'NO_TIME';

export type ResolvedTime =
  /** `HH:MM` on the property's clock, which may skip it or show it twice that day; null when no time was said. */
  | { readonly date: PlainDate; readonly time: string | null }
  /** `say` is one sentence to speak; `date` is the day, and `part` what of it, where that much was understood. */
  | {
      readonly problem: SpokenProblem;
      readonly say: string;
      readonly date: PlainDate | null;
      readonly part?: PartOfDay;
    };

/**
 * The date and time that were meant, on the property's calendar and clock. Never guesses at words it does not know.
 *
 * What English leaves open is settled here, so read the answer back with `describeStart`, which says the weekday. Which
 * Tuesday is meant: see `resolveDay`. An hour without AM or PM, or a part of the day, is one of business: 8 to 11 in the
 * morning, 12 to 7 in the afternoon. Midnight is where the day named begins, but today's and that of a night is where it ends.
 */
export function resolveSpoken(words: SpokenWords & { readonly now: Date; readonly timezone: string }): ResolvedTime {
  const { now, timezone } = words;
  const today = dateInZone(now, timezone);
  const said = hearAll(words);
  if (!said) return askAgain(today);
  const part = said.find(isPart)?.part ?? null;
  const heardTime = settleTime(said, part);
  if ('problem' in heardTime) return heardTime;
  const { minutes } = heardTime;
  const days = said.filter(isDay);
  const isAhead = minutes !== null && !isPast(today, minutes, now, timezone);
  const day = resolveDay(days, today, isAhead);
  if ('problem' in day) return explainDay(day, today);
  const isAtItsEnd = minutes === 0 && (part === 'EVENING' || (days.some(isToday) && said.some(isMidnight)));
  const date = isAtItsEnd ? addDays(day.date, 1) : day.date;
  if (date < today) return refusePast(describeDate(date, today), date);
  if (minutes === null) return part === null ? { date, time: null } : askForTime(date, part, today);
  if (isPast(date, minutes, now, timezone)) return refusePast(`Today, ${spellTime(minutes)}`, date);
  return { date, time: spellMinutes(minutes) };
}

function hearAll(words: SpokenWords & { readonly timezone: string }): PieceSaid[] | null {
  const said: PieceSaid[] = [];
  const [when, date, time] = [words.when, words.date, words.time].map((text) => toLocal(text ?? '', words.timezone));
  // In its own field a bare hour is a time.
  for (const text of [when, date, `at ${time ?? ''}`]) {
    const pieces = hearWords(text ?? '');
    if (!pieces) return null;
    said.push(...pieces);
  }
  return said;
}

/** A time with an offset, as machines write it, by the property's clock; any other text as it is. */
function toLocal(text: string, timezone: string): string {
  if (!/(?:z|[+-]\d\d:\d\d)\s*$/i.test(text)) return text;
  const start = readStart(text.trim(), timezone);
  return 'instant' in start ? spellLocal(start.instant, timezone).slice(0, 16) : text;
}

type Failed = Extract<ResolvedTime, { problem: SpokenProblem }>;

/** The one time that was said, in minutes from midnight. */
function settleTime(said: readonly PieceSaid[], part: PartOfDay | null): { readonly minutes: number | null } | Failed {
  const times = new Set(said.filter((piece) => piece.kind === 'TIME').map((time) => readTime(time, part)));
  if (times.has(null)) return fail('UNREADABLE', 'Sorry, is that time in the morning or in the afternoon?');
  const [minutes = null, other] = times;
  if (other === undefined) return { minutes };
  return fail('CONFLICT', 'Sorry, I heard two times, so which one would suit you?');
}

function readTime({ hour, minute, reading }: TimeSaid, part: PartOfDay | null): number | null {
  if (reading === '24H' || reading === 'MIDNIGHT') return toMinutes(hour, minute);
  if (reading !== 'BARE') return toMinutes((hour % 12) + (reading === 'PM' ? 12 : 0), minute);
  switch (part) {
    case 'MORNING':
      return toMinutes(hour % 12, minute);
    case 'AFTERNOON':
      return hour === 12 || hour <= 7 ? toMinutes((hour % 12) + 12, minute) : null;
    case 'EVENING':
      // Twelve at night is midnight, and one at night belongs to a day that nobody has named.
      return hour === 12 ? toMinutes(0, minute) : hour >= 4 ? toMinutes(hour + 12, minute) : null;
    case null:
      return toMinutes(hour >= 8 && hour <= 11 ? hour : (hour % 12) + 12, minute);
  }
}

function toMinutes(hour: number, minute: number): number {
  return (hour * 60 + minute + MINUTES_PER_DAY) % MINUTES_PER_DAY;
}

function isMidnight(piece: PieceSaid): boolean {
  return piece.kind === 'TIME' && piece.reading === 'MIDNIGHT';
}

function isDay(piece: PieceSaid): piece is DaySaid {
  return piece.kind !== 'TIME' && piece.kind !== 'PART';
}

function isPart(piece: PieceSaid): piece is PartSaid {
  return piece.kind === 'PART';
}

function isToday(day: DaySaid): boolean {
  return day.kind === 'DAYS_AHEAD' && day.days === 0;
}

/** Whether that time of the date is over for good; one that comes twice only after the second, one that is skipped never. */
function isPast(date: PlainDate, minutes: number, now: Date, timezone: string): boolean {
  const start = readStart(`${date}T${spellMinutes(minutes)}`, timezone);
  if ('instant' in start) return start.instant < now;
  return start.problem === 'AMBIGUOUS' && start.candidates.every((candidate) => new Date(candidate) < now);
}

function explainDay(day: UnclearDay, today: PlainDate): Failed {
  switch (day.problem) {
    case 'NO_DATE':
      return fail('NO_DATE', 'Which day would suit you?');
    case 'NO_SUCH_DATE':
      return fail('UNREADABLE', 'Sorry, there is no such date, so which day do you mean?');
    case 'CONFLICT': {
      const dates = day.dates.map((date) => describeDate(date, today));
      const heard = dates.length === 1 ? `that date is ${dates.join('')}` : `I heard ${dates.join(' and also ')}`;
      return fail('CONFLICT', `Sorry, ${heard}, so which day do you mean?`);
    }
  }
}

function askAgain(today: PlainDate): Failed {
  const example = describeDate(addDays(today, 1), today);
  return fail('UNREADABLE', `Sorry, which day and time do you mean, said like "${example}, at 3 PM"?`);
}

function refusePast(start: string, date: PlainDate): Failed {
  return fail('PAST', `${start}, has passed, so which other day or time would suit you?`, date);
}

function askForTime(date: PlainDate, part: PartOfDay, today: PlainDate): Failed {
  const say = `What time in the ${part.toLowerCase()} of ${describeDate(date, today)}, would suit you?`;
  return { ...fail('NO_TIME', say, date), part };
}

/** The hours that a part of the day means on the clock: [from, until), and its middle. */
const HOURS_OF = { MORNING: [0, 9, 12], AFTERNOON: [12, 15, 18], EVENING: [17, 19, 24] } as const satisfies Record<
  PartOfDay,
  readonly [from: number, middle: number, until: number]
>;

/** How many hours a time, with its offset or without, is from this part of its day; null when it lies in it. */
export function hoursFromPart(local: string, part: PartOfDay): number | null {
  const hour = Number(local.slice(11, 13)) + Number(local.slice(14, 16)) / 60;
  const [from, middle, until] = HOURS_OF[part];
  return from <= hour && hour < until ? null : Math.abs(hour - middle);
}

function fail(problem: SpokenProblem, say: string, date: PlainDate | null = null): Failed {
  return { problem, say, date };
}

/** A start to read back: `tomorrow, Tuesday, May 18, at 3:00 PM`. The weekday is always there, the year when it is another. */
export function describeStart(instant: Date, timezone: string, now: Date): string {
  const today = dateInZone(now, timezone);
  const local = spellLocal(instant, timezone);
  const [date, hour, minute] = [local.slice(0, 10), Number(local.slice(11, 13)), Number(local.slice(14, 16))];
  const near = date === today ? 'today, ' : date === addDays(today, 1) ? 'tomorrow, ' : '';
  return `${near}${describeDate(date, today)}, at ${spellTime(hour * 60 + minute)}`;
}

/** A date to read back: `Tuesday, May 18`, with its year when that is another than today's. */
export function describeDate(date: PlainDate, today: PlainDate): string {
  const weekday = WEEKDAYS[weekdayOf(wallMidnight(date)) - 1] ?? '';
  const month = MONTHS[Number(date.slice(5, 7)) - 1] ?? '';
  const year = date.slice(0, 4) === today.slice(0, 4) ? '' : `, ${date.slice(0, 4)}`;
  return `${weekday}, ${month} ${String(Number(date.slice(8, 10)))}${year}`;
}

function spellTime(minutes: number): string {
  const hour = Math.floor(minutes / 60);
  return `${String(hour % 12 === 0 ? 12 : hour % 12)}:${String(minutes % 60).padStart(2, '0')} ${hour < 12 ? 'AM' : 'PM'}`;
}
