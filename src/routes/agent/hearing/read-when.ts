import { dateInZone } from '../../../domain/time/calendar.ts';
import type { PlainDate } from '../../../domain/time/calendar.ts';
import { describeDate, describeStart, resolveSpoken } from '../../../domain/speech/spoken-time/spoken-time.ts';
import type { ResolvedTime } from '../../../domain/speech/spoken-time/spoken-time.ts';
import type { PartOfDay } from '../../../domain/speech/spoken-time/spoken-time-words.ts';
import { readStart, spellLocal } from '../../../domain/time/wall-time.ts';
import { AppError } from '../../../errors.ts';
import type { Desk } from '../../../services/agent/read-desk.ts';
import { readStartAt } from '../../../services/slots/read-start.ts';

interface SaidWhen {
  readonly when?: string | undefined;
  readonly date?: string | undefined;
  readonly time?: string | undefined;
  readonly startsAt?: string | undefined;
}

/** A day that was meant, and the start on it where a time was said: wall time with its offset; or else what part of it. */
export interface MeantWhen {
  readonly date: PlainDate;
  readonly startsAt: string | null;
  readonly part?: PartOfDay;
}

/**
 * The day and time that were meant, in the property's zone; null when nothing was said.
 *
 * Words and an exact start must mean the same. Throws, with a sentence to speak: validation_failed, past_time,
 * local_time_skipped, local_time_ambiguous.
 */
export function readWhen(desk: Desk, said: SaidWhen, needsTime = false): MeantWhen | null {
  const { timezone } = desk.property;
  const exact = said.startsAt === undefined ? null : readExact(said.startsAt, desk);
  if (said.when === undefined && said.date === undefined && said.time === undefined) return exact;
  const meant = resolveSpoken({ ...said, now: desk.now, timezone });
  // A part of a day is enough to look at that day.
  if ('problem' in meant && (needsTime || meant.problem !== 'NO_TIME' || meant.date === null)) throw refuseWords(meant);
  const words = toStart(meant, timezone);
  if (exact?.startsAt == null) return words;
  if (words.startsAt === null ? words.date === exact.date : isSame(words.startsAt, exact.startsAt)) return exact;
  const spoken = [words, exact].map(({ date, startsAt }) =>
    startsAt === null ? describeDate(date, today(desk)) : describeStart(new Date(startsAt), timezone, desk.now),
  );
  throw unclear('startsAt', `Sorry, did you mean ${spoken.join(' or ')}?`);
}

/** The start that was meant. Throws like `readWhen`, and where no time was said. */
export function readStartOf(desk: Desk, said: SaidWhen): string {
  const meant = readWhen(desk, said, true);
  if (meant === null) throw unclear('when', 'Which day and time would suit you?');
  if (meant.startsAt === null) {
    throw unclear('time', `What time would suit you on ${describeDate(meant.date, today(desk))}?`);
  }
  return meant.startsAt;
}

/** A day of arrival or departure. Throws with a sentence to speak: validation_failed, past_time. */
export function readDay(desk: Desk, path: 'checkIn' | 'checkOut', said: string | undefined): PlainDate {
  if (said === undefined)
    throw unclear(path, `Which day would you like to ${path === 'checkIn' ? 'arrive' : 'leave'}?`);
  const meant = resolveSpoken({ date: said, now: desk.now, timezone: desk.property.timezone });
  if ('problem' in meant && (meant.problem !== 'NO_TIME' || meant.date === null)) throw refuseWords(meant, path);
  return meant.date as PlainDate;
}

/** A refusal for want of an argument, with the question that gets it. */
export function unclear(path: string, say: string): AppError {
  return new AppError('validation_failed', {
    detail: say,
    errors: [{ path, message: 'is not clear' }],
    extra: { say },
  });
}

function readExact(text: string, { property: { timezone } }: Desk): MeantWhen {
  if ('problem' in readStart(text, timezone) && !/^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}/.test(text)) {
    throw unclear('startsAt', 'Sorry, could you tell me the day and time again?');
  }
  const instant = readStartAt(text, timezone);
  return { date: dateInZone(instant, timezone), startsAt: spellLocal(instant, timezone) };
}

function toStart(
  meant: Pick<ResolvedTime, 'date'> & { readonly time?: string | null; readonly part?: PartOfDay },
  timezone: string,
): MeantWhen {
  const { date, time = null, part } = meant;
  if (date === null) throw new Error('Bug: a day without a date');
  return {
    date,
    ...(part && { part }),
    startsAt: time === null ? null : spellLocal(readStartAt(`${date}T${time}`, timezone), timezone),
  };
}

function refuseWords(meant: Extract<ResolvedTime, { problem: string }>, path = 'when'): AppError {
  const { problem, say } = meant;
  if (problem !== 'PAST') return unclear(path, say);
  return new AppError('past_time', { detail: say, extra: { say } });
}

function isSame(a: string, b: string): boolean {
  return Date.parse(a) === Date.parse(b);
}

function today({ now, property }: Desk): PlainDate {
  return dateInZone(now, property.timezone);
}
