import { Temporal } from 'temporal-polyfill';
import type { Slot, SlotProvider, SlotQuestion } from '../../src/domain/slots.ts';

/** One minute of real time, and what the clock on the wall shows in it. */
interface Minute {
  readonly instant: number;
  readonly date: string;
  readonly minuteOfDay: number;
  /** Date and time as one number that grows with them. */
  readonly shown: number;
}

/** What is true of a start in one minute, each by itself. */
export interface Judgement {
  readonly instant: number;
  readonly isOnDates: boolean;
  readonly isOnStep: boolean;
  readonly isOpen: boolean;
  readonly isTaken: boolean;
}

/**
 * Slots found by walking every minute of every day and asking Temporal what the clock shows. Slow, and that simple on
 * purpose: it shares nothing with the rule, which counts in stretches of time between changes of the clocks.
 */
export function walkSlots(question: SlotQuestion): Slot[] {
  const found = question.providers.map(
    (provider) => new Set(judgeStarts(question, provider).filter(isOffered).map(({ instant }) => instant)),
  );
  return walkMinutes(question)
    .map(({ instant }) => ({
      startsAt: instant,
      providers: question.providers.filter((_, index) => found[index]?.has(instant)).map(({ code }) => code),
    }))
    .filter(({ startsAt, providers }) => {
      return providers.length > 0 && startsAt >= question.earliest && startsAt <= question.latest;
    });
}

function isOffered(start: Judgement): boolean {
  return start.isOnDates && start.isOnStep && start.isOpen && !start.isTaken;
}

/** Every minute around the dates asked for, judged as a start with this provider. */
export function judgeStarts(question: SlotQuestion, provider: SlotProvider): Judgement[] {
  const minutes = walkMinutes(question);
  const open = findOpenMinutes(minutes, provider);
  return minutes.slice(0, minutes.length - question.durationMinutes).map((minute, index) => ({
    instant: minute.instant,
    isOnDates: minute.date >= question.from && minute.date <= question.to,
    isOnStep: minute.minuteOfDay % question.stepMinutes === 0,
    isOpen: open.slice(index, index + question.durationMinutes).every(Boolean),
    isTaken: isTaken(minute.instant, question, provider),
  }));
}

function findOpenMinutes(minutes: readonly Minute[], provider: SlotProvider): boolean[] {
  const open = minutes.map(() => false);
  for (const date of new Set(minutes.map((minute) => minute.date))) {
    const ranges = provider.exceptions[date] ?? provider.weekly[Temporal.PlainDate.from(date).dayOfWeek] ?? [];
    for (const { from, to } of ranges) {
      const opening = minutes.findIndex(({ shown }) => shown >= toShown(date, from));
      const lastOpen = minutes.findLastIndex(({ shown }) => shown < toShown(date, to));
      if (opening >= 0 && opening <= lastOpen) open.fill(true, opening, lastOpen + 1);
    }
  }
  return open;
}

function toShown(date: string, minuteOfDay: number): number {
  const day = Temporal.PlainDate.from(date).add({ days: minuteOfDay === 1440 ? 1 : 0 });
  return joinShown(day, minuteOfDay % 1440);
}

function joinShown({ year, month, day }: { year: number; month: number; day: number }, minuteOfDay: number): number {
  return (year * 10_000 + month * 100 + day) * 10_000 + minuteOfDay;
}

function isTaken(startsAt: number, question: SlotQuestion, provider: SlotProvider): boolean {
  const before = startsAt - question.bufferBeforeMinutes * 60_000;
  const after = startsAt + question.durationMinutes * 60_000 + question.bufferAfterMinutes * 60_000;
  return provider.busy.some(({ from, until }) => until > from && !(until <= before || from >= after));
}

/** All minutes of the UTC days in which the dates can lie, in any zone, and of those a service can last into. */
function walkMinutes(question: SlotQuestion): Minute[] {
  const lastDays = 2 + Math.floor(question.durationMinutes / 1440);
  const first = Temporal.PlainDate.from(question.from).subtract({ days: 1 });
  const last = Temporal.PlainDate.from(question.to).add({ days: lastDays });
  const minutes: Minute[] = [];
  for (let day = first; Temporal.PlainDate.compare(day, last) <= 0; day = day.add({ days: 1 })) {
    minutes.push(...walkDay(day.toString(), question.timezone));
  }
  return minutes;
}

const walkedDays = new Map<string, Minute[]>();

function walkDay(utcDate: string, timezone: string): Minute[] {
  const key = `${utcDate} ${timezone}`;
  const walked = walkedDays.get(key) ?? Array.from({ length: 1440 }, (_, index) => walkMinute(utcDate, index, timezone));
  walkedDays.set(key, walked);
  return walked;
}

function walkMinute(utcDate: string, index: number, timezone: string): Minute {
  const instant = Date.parse(utcDate) + index * 60_000;
  const clock = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timezone);
  if (clock.second !== 0) throw new Error(`${timezone} counts in seconds on ${utcDate}`);
  const minuteOfDay = clock.hour * 60 + clock.minute;
  return { instant, date: clock.toPlainDate().toString(), minuteOfDay, shown: joinShown(clock, minuteOfDay) };
}
