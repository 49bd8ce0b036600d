import type { Tx } from '../../db/client.ts';
import { toPlainDate } from '../../domain/time/calendar.ts';
import type { PlainDate } from '../../domain/time/calendar.ts';
import type { OpeningHours, WallRange } from '../../domain/time/opening-hours.ts';
import { spellMinutes } from '../../domain/time/wall-time.ts';

/** Wall times, `HH:MM`; `to` may be `24:00`. */
export interface SpelledRange {
  readonly from: string;
  readonly to: string;
}

/** When a provider works. Plain JSON, so that an answer can be kept. */
export interface HoursSheet {
  /** Weekday 1 is Monday. */
  readonly weekly: readonly ({ readonly weekday: number } & SpelledRange)[];
  /** Dates on which these ranges replace what the weekday says; none: closed. */
  readonly exceptions: readonly { readonly date: PlainDate; readonly ranges: readonly SpelledRange[] }[];
}

/** The provider's hours, with the exceptions from `today` on. */
export async function readHours(
  db: Pick<Tx, 'providerHours' | 'providerException'>,
  { providerId, today }: { providerId: string; today: PlainDate },
): Promise<HoursSheet> {
  const weekly = await db.providerHours.findMany({
    where: { providerId },
    orderBy: [{ weekday: 'asc' }, { fromMinute: 'asc' }],
  });
  const exceptions = await db.providerException.findMany({
    where: { providerId, onDate: { gte: new Date(today) } },
    orderBy: [{ onDate: 'asc' }, { fromMinute: 'asc' }],
  });
  const byDate = Map.groupBy(exceptions, ({ onDate }) => toPlainDate(onDate));
  return {
    weekly: weekly.map(({ weekday, ...range }) => ({ weekday, ...spellRange(range) })),
    exceptions: [...byDate].map(([date, rows]) => ({
      date,
      ranges: rows.flatMap(({ fromMinute, toMinute }) =>
        fromMinute === null || toMinute === null ? [] : [spellRange({ fromMinute, toMinute })],
      ),
    })),
  };
}

function spellRange({ fromMinute, toMinute }: { fromMinute: number; toMinute: number }): SpelledRange {
  return { from: spellMinutes(fromMinute), to: spellMinutes(toMinute) };
}

/** The minutes of a range since midnight. */
export function readRange({ from, to }: SpelledRange): WallRange {
  return { from: readMinutes(from), to: readMinutes(to) };
}

function readMinutes(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}

/** The hours in the form that rules about time take. */
export function toOpeningHours({ weekly, exceptions }: HoursSheet): OpeningHours {
  const weekdays = Map.groupBy(weekly, ({ weekday }) => weekday);
  return {
    weekly: Object.fromEntries([...weekdays].map(([weekday, ranges]) => [weekday, ranges.map(readRange)])),
    exceptions: Object.fromEntries(exceptions.map(({ date, ranges }) => [date, ranges.map(readRange)])),
  };
}
