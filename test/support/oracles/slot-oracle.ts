import { Temporal } from 'temporal-polyfill';
import type { Slot, SlotProvider, SlotSearch } from '../../../src/domain/availability/slots.ts';

/** Zones of every kind: without changes, at midnight, at the end of a day, of half an hour, of two, twice around Ramadan. */
export const ZONES = [
  ...['America/Chicago', 'America/New_York', 'America/St_Johns', 'America/Nuuk', 'America/Asuncion'],
  ...['America/Santiago', 'America/Havana', 'Pacific/Easter', 'Atlantic/Azores', 'Europe/Dublin', 'Europe/Berlin'],
  ...['Africa/Casablanca', 'Africa/Cairo', 'Asia/Beirut', 'Asia/Jerusalem', 'Asia/Gaza', 'Asia/Tehran', 'Asia/Kolkata'],
  ...[
    'Asia/Kathmandu',
    'Asia/Tokyo',
    'Australia/Adelaide',
    'Australia/Lord_Howe',
    'Pacific/Norfolk',
    'Pacific/Chatham',
  ],
  ...['Pacific/Apia', 'Pacific/Kiritimati', 'Antarctica/Troll', 'UTC'],
];

/** The instants at which the zone's clocks change, 2024 to 2028. */
export function listChanges(timezone: string): Temporal.ZonedDateTime[] {
  const changes: Temporal.ZonedDateTime[] = [];
  let clock = Temporal.ZonedDateTime.from(`2024-01-01T12:00[${timezone}]`).getTimeZoneTransition('next');
  while (clock && clock.year < 2029) {
    changes.push(clock);
    clock = clock.getTimeZoneTransition('next');
  }
  return changes;
}

const DATE_AND_TIME: Intl.DateTimeFormatOptions = {
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
};

/** What the clock shows, as one number that grows with it: 2027-03-14 02:30 is 202703140230. */
type Shown = number;

/** What is true of a start in one minute, each by itself. */
export interface Judgement {
  readonly instant: number;
  readonly isOnDates: boolean;
  readonly isOnStep: boolean;
  readonly isOpen: boolean;
  readonly isTaken: boolean;
}

/**
 * Slots found by walking every minute of every day and asking what the clock shows. Slow, and that simple on purpose:
 * it shares nothing with the rule, which counts in stretches of time between changes of the clocks, and asks Temporal.
 */
export function walkSlots(question: SlotSearch): Slot[] {
  const slots = new Map<number, string[]>();
  for (const provider of question.providers) {
    for (const start of judgeStarts(question, provider)) {
      if (!start.isOnDates || !start.isOnStep || !start.isOpen || start.isTaken) continue;
      if (start.instant < question.earliest || start.instant > question.latest) continue;
      slots.set(start.instant, [...(slots.get(start.instant) ?? []), provider.code]);
    }
  }
  const starts = [...slots.keys()].sort((a, b) => a - b);
  return starts.map((startsAt) => ({ startsAt, providers: slots.get(startsAt) ?? [] }));
}

/** Every minute around the dates asked for, judged as a start with this provider. */
export function judgeStarts(question: SlotSearch, provider: SlotProvider): Judgement[] {
  const { firstInstant, shown } = walkMinutes(question);
  const openFor = countOpenMinutes(findOpenMinutes(shown, provider));
  const [firstDate, lastDate] = [readDate(question.from), readDate(question.to)];
  return shown.slice(0, shown.length - question.durationMinutes).map((clock, index) => {
    const date = Math.floor(clock / 10_000);
    const minuteOfDay = Math.floor((clock % 10_000) / 100) * 60 + (clock % 100);
    const instant = firstInstant + index * 60_000;
    return {
      instant,
      isOnDates: date >= firstDate && date <= lastDate,
      isOnStep: minuteOfDay % question.stepMinutes === 0,
      isOpen: (openFor[index] ?? 0) >= question.durationMinutes,
      isTaken: isTaken(instant, question, provider),
    };
  });
}

function findOpenMinutes(shown: readonly Shown[], provider: SlotProvider): boolean[] {
  const open = shown.map(() => false);
  for (const date of new Set(shown.map((clock) => Math.floor(clock / 10_000)))) {
    const day = Temporal.PlainDate.from(String(date));
    for (const range of provider.exceptions[day.toString()] ?? provider.weekly[day.dayOfWeek] ?? []) {
      const [from, to] = [toShown(day, range.from), toShown(day, range.to)];
      const opening = shown.findIndex((clock) => clock >= from);
      const lastOpen = shown.findLastIndex((clock) => clock < to);
      if (opening >= 0 && opening <= lastOpen) open.fill(true, opening, lastOpen + 1);
    }
  }
  return open;
}

/** For how many minutes on end it is open from each minute. */
function countOpenMinutes(open: readonly boolean[]): number[] {
  const counts = open.map(() => 0);
  for (let index = open.length - 1; index >= 0; index -= 1) {
    if (open[index]) counts[index] = 1 + (counts[index + 1] ?? 0);
  }
  return counts;
}

function isTaken(startsAt: number, question: SlotSearch, provider: SlotProvider): boolean {
  const before = startsAt - question.bufferBeforeMinutes * 60_000;
  const after = startsAt + question.durationMinutes * 60_000 + question.bufferAfterMinutes * 60_000;
  return provider.busy.some(({ from, until }) => until > from && !(until <= before || from >= after));
}

function toShown(day: Temporal.PlainDate, minuteOfDay: number): Shown {
  const date = minuteOfDay === 1440 ? day.add({ days: 1 }) : day;
  const hour = Math.floor(minuteOfDay / 60) % 24;
  return readDate(date.toString()) * 10_000 + hour * 100 + (minuteOfDay % 60);
}

function readDate(date: string): number {
  return Number(date.replaceAll('-', ''));
}

/** All minutes of the UTC days in which the dates can lie, in any zone, and of those a service can last into. */
function walkMinutes(question: SlotSearch): { firstInstant: number; shown: Shown[] } {
  const first = Temporal.PlainDate.from(question.from).subtract({ days: 1 });
  // No date anywhere outlasts noon of the next in UTC.
  const last = Temporal.PlainDate.from(question.to).add({
    days: 1 + Math.floor((question.durationMinutes + 720) / 1440),
  });
  const shown: Shown[] = [];
  for (let day = first; Temporal.PlainDate.compare(day, last) <= 0; day = day.add({ days: 1 })) {
    shown.push(...walkDay(day.toString(), question.timezone));
  }
  return { firstInstant: Date.parse(first.toString()), shown };
}

const walkedDays = new Map<string, Float64Array>();

function walkDay(utcDate: string, timezone: string): Float64Array {
  const key = `${utcDate} ${timezone}`;
  const walked = walkedDays.get(key) ?? lookEveryMinute(Date.parse(utcDate), timezone);
  walkedDays.set(key, walked);
  return walked;
}

function lookEveryMinute(midnight: number, timezone: string): Float64Array {
  // Written 2027-03-14 02:30:00.
  const clock = new Intl.DateTimeFormat('sv-SE', { ...DATE_AND_TIME, timeZone: timezone });
  return Float64Array.from({ length: 1440 }, (_, minute) => lookAt(clock, midnight + minute * 60_000));
}

function lookAt(clock: Intl.DateTimeFormat, instant: number): Shown {
  const text = clock.format(instant);
  const parts = /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):00$/.exec(text);
  if (!parts) throw new Error(`At ${String(instant)} the clock shows ${text}`);
  return Number(parts.slice(1).join(''));
}
