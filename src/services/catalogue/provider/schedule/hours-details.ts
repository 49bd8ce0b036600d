import { z } from 'zod';
import type { Tx } from '../../../../db/client.ts';
import { toPlainDate } from '../../../../domain/time/calendar.ts';
import type { PlainDate } from '../../../../domain/time/calendar.ts';
import type { OpeningHours, WallRange } from '../../../../domain/time/opening-hours.ts';
import { formatMinutes } from '../../../../domain/time/wall-time.ts';

/** Wall times, `HH:MM`; `to` may be `24:00`. */
const formattedRange = z.object({ from: z.string(), to: z.string() });
export type FormattedRange = Readonly<z.output<typeof formattedRange>>;

/** A provider's working hours. */
export const hoursDetails = z.object({
  /** Weekday 1 is Monday. */
  weekly: z.array(formattedRange.extend({ weekday: z.number() }).readonly()).readonly(),
  /** Dates on which these ranges replace the weekday's; no ranges: closed. */
  exceptions: z
    .array(z.object({ date: z.string(), ranges: z.array(formattedRange.readonly()).readonly() }).readonly())
    .readonly(),
});
export type HoursDetails = Readonly<z.output<typeof hoursDetails>>;

/** Reads the provider's weekly hours, and the exceptions from `today` on. */
export async function readHours(
  db: Pick<Tx, 'providerHours' | 'providerException'>,
  { providerId, today }: { providerId: string; today: PlainDate },
): Promise<HoursDetails> {
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
    weekly: weekly.map(({ weekday, ...range }) => ({ weekday, ...formatRange(range) })),
    exceptions: [...byDate].map(([date, rows]) => ({
      date,
      ranges: rows.flatMap(({ fromMinute, toMinute }) =>
        fromMinute === null || toMinute === null ? [] : [formatRange({ fromMinute, toMinute })],
      ),
    })),
  };
}

function formatRange({ fromMinute, toMinute }: { fromMinute: number; toMinute: number }): FormattedRange {
  return { from: formatMinutes(fromMinute), to: formatMinutes(toMinute) };
}

/** Parses a range to minutes since midnight. */
export function parseRange({ from, to }: FormattedRange): WallRange {
  return { from: parseMinutes(from), to: parseMinutes(to) };
}

function parseMinutes(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}

/** Converts the hours for the rules of `domain/time`. */
export function toOpeningHours({ weekly, exceptions }: HoursDetails): OpeningHours {
  const weekdays = Map.groupBy(weekly, ({ weekday }) => weekday);
  return {
    weekly: Object.fromEntries([...weekdays].map(([weekday, ranges]) => [weekday, ranges.map(parseRange)])),
    exceptions: Object.fromEntries(exceptions.map(({ date, ranges }) => [date, ranges.map(parseRange)])),
  };
}
