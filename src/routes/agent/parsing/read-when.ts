import { dateInZone } from '../../../domain/time/calendar.ts';
import type { PlainDate } from '../../../domain/time/calendar.ts';
import { describeDate, describeStart, resolveSpokenTime } from '../../../domain/speech/spoken-time/spoken-time.ts';
import type { ResolvedTime } from '../../../domain/speech/spoken-time/spoken-time.ts';
import type { PartOfDay } from '../../../domain/speech/spoken-time/spoken-time-words.ts';
import { parseStart, formatLocal } from '../../../domain/time/wall-time.ts';
import { AppError } from '../../../errors.ts';
import type { AgentSession } from '../../../services/agent/read-agent-session.ts';
import { readStartAt } from '../../../services/stock/time/read-start.ts';

interface TimeArguments {
  readonly when?: string | undefined;
  readonly date?: string | undefined;
  readonly time?: string | undefined;
  readonly startsAt?: string | undefined;
}

/** A requested day, with the start as wall time with offset when a time was given, or with a part of the day. */
export interface RequestedTime {
  readonly date: PlainDate;
  readonly startsAt: string | null;
  readonly part?: PartOfDay;
}

/**
 * Resolves the requested day and time in the property's zone; null when nothing was given.
 *
 * Words and an exact start must agree. Throws, with a sentence to speak: validation_failed, past_time,
 * local_time_skipped, local_time_ambiguous.
 */
export function readWhen(session: AgentSession, input: TimeArguments, needsTime = false): RequestedTime | null {
  const { timezone } = session.property;
  const exact = input.startsAt === undefined ? null : readExact(input.startsAt, session);
  if (input.when === undefined && input.date === undefined && input.time === undefined) return exact;
  const resolved = resolveSpokenTime({ ...input, now: session.now, timezone });
  // A part of a day is enough to search that day.
  if ('problem' in resolved && (needsTime || resolved.problem !== 'NO_TIME' || resolved.date === null))
    throw spokenTimeError(resolved);
  const words = toStart(resolved, timezone);
  if (exact?.startsAt == null) return words;
  if (words.startsAt === null ? words.date === exact.date : isSame(words.startsAt, exact.startsAt)) return exact;
  const readings = [words, exact].map(({ date, startsAt }) =>
    startsAt === null ? describeDate(date, today(session)) : describeStart(new Date(startsAt), timezone, session.now),
  );
  throw unclearArgument('startsAt', `Sorry, did you mean ${readings.join(' or ')}?`);
}

/** Resolves the requested start. Throws: the errors of `readWhen`; validation_failed without a time. */
export function readStartOf(session: AgentSession, input: TimeArguments): string {
  const resolved = readWhen(session, input, true);
  if (resolved === null) throw unclearArgument('when', 'Which day and time would suit you?');
  if (resolved.startsAt === null) {
    throw unclearArgument('time', `What time would suit you on ${describeDate(resolved.date, today(session))}?`);
  }
  return resolved.startsAt;
}

/** Resolves a day of arrival or departure. Throws, with a sentence to speak: validation_failed, past_time. */
export function readDay(session: AgentSession, path: 'checkIn' | 'checkOut', input: string | undefined): PlainDate {
  if (input === undefined)
    throw unclearArgument(path, `Which day would you like to ${path === 'checkIn' ? 'arrive' : 'leave'}?`);
  const resolved = resolveSpokenTime({ date: input, now: session.now, timezone: session.property.timezone });
  if ('problem' in resolved && (resolved.problem !== 'NO_TIME' || resolved.date === null))
    throw spokenTimeError(resolved, path);
  return resolved.date as PlainDate;
}

/** Builds the error for an unclear argument, with the question to ask the caller. */
export function unclearArgument(path: string, say: string): AppError {
  return new AppError('validation_failed', {
    detail: say,
    errors: [{ path, message: 'is not clear' }],
    extra: { say },
  });
}

function readExact(text: string, { property: { timezone } }: AgentSession): RequestedTime {
  if ('problem' in parseStart(text, timezone) && !/^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}/.test(text)) {
    throw unclearArgument('startsAt', 'Sorry, could you tell me the day and time again?');
  }
  const instant = readStartAt(text, timezone);
  return { date: dateInZone(instant, timezone), startsAt: formatLocal(instant, timezone) };
}

function toStart(
  resolved: Pick<ResolvedTime, 'date'> & { readonly time?: string | null; readonly part?: PartOfDay },
  timezone: string,
): RequestedTime {
  const { date, time = null, part } = resolved;
  if (date === null) throw new Error('Bug: a day without a date');
  return {
    date,
    ...(part && { part }),
    startsAt: time === null ? null : formatLocal(readStartAt(`${date}T${time}`, timezone), timezone),
  };
}

function spokenTimeError(resolved: Extract<ResolvedTime, { problem: string }>, path = 'when'): AppError {
  const { problem, say } = resolved;
  if (problem !== 'PAST') return unclearArgument(path, say);
  return new AppError('past_time', { detail: say, extra: { say } });
}

function isSame(a: string, b: string): boolean {
  return Date.parse(a) === Date.parse(b);
}

function today({ now, property }: AgentSession): PlainDate {
  return dateInZone(now, property.timezone);
}
