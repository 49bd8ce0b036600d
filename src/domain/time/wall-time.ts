import { isPlainDate } from './calendar.ts';
import { formatTime } from './format-time.ts';
import { firstAtOrAfter, listOffsets, offsetAt } from './wall-time-offsets.ts';
import type { WallTime } from './wall-time-offsets.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** `2027-05-14T15:00`, with or without seconds and their fraction, then Z, an offset, or nothing (RFC 3339, §5.6). */
const START =
  /^(\d{4}-\d{2}-\d{2})[Tt ]((?:[01]\d|2[0-3]):[0-5]\d)(?::([0-5]\d)(?:\.(\d{1,9}))?)?([Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)?$/;

export type ParsedStart =
  | { readonly instant: Date }
  | { readonly problem: 'UNREADABLE' }
  /** A clock change skips the time; `next` is the first existing time after the gap, with offset. */
  | { readonly problem: 'SKIPPED'; readonly next: string }
  /** A clock change repeats the time; both candidates with offsets, the earlier first. */
  | { readonly problem: 'AMBIGUOUS'; readonly candidates: readonly string[] };

/** Parses a start to an instant: by the offset in the text, otherwise as wall time in the zone. Never guesses. */
export function parseStart(text: string, timezone: string): ParsedStart {
  const wall = parseWallTime(text);
  if (!wall) return { problem: 'UNREADABLE' };
  if (wall.offset !== null) return { instant: new Date(wall.time - wall.offset) };
  // A margin of two days: no zone is further from UTC or ever skipped more.
  const spans = listOffsets(timezone, wall.time - 2 * DAY_MS, wall.time + 2 * DAY_MS);
  const instants = spans.flatMap(({ from, until, offset }) => {
    const instant = wall.time - offset;
    return from <= instant && instant < until ? [new Date(instant)] : [];
  });
  const [instant, second] = instants;
  if (!instant) return { problem: 'SKIPPED', next: formatLocal(new Date(firstAtOrAfter(spans, wall.time)), timezone) };
  if (second) return { problem: 'AMBIGUOUS', candidates: instants.map((each) => formatLocal(each, timezone)) };
  return { instant };
}

function parseWallTime(text: string): { time: WallTime; offset: number | null } | null {
  const [, date, time, second = '00', fraction = '', zone] = START.exec(text) ?? [];
  if (date === undefined || time === undefined || !isPlainDate(date)) return null;
  const wall = Date.parse(`${date}T${time}:${second}.${fraction.padEnd(3, '0').slice(0, 3)}Z`);
  return { time: wall, offset: zone === undefined ? null : parseOffset(zone) };
}

function parseOffset(zone: string): number {
  if (zone.length === 1) return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6));
  return (zone.startsWith('-') ? -minutes : minutes) * MINUTE_MS;
}

/**
 * Formats an instant as local time with offset, to the second: `2027-05-14T15:00:00+01:00`. Unambiguous.
 *
 * Offsets with seconds, used before 1973, are rounded to minutes, because RFC 3339 allows only minutes.
 */
export function formatLocal(instant: Date, timezone: string): string {
  const minutes = Math.round(offsetAt(timezone, instant.getTime()) / MINUTE_MS);
  return `${formatTime(instant.getTime() + minutes * MINUTE_MS)}${minutes < 0 ? '-' : '+'}${formatMinutes(Math.abs(minutes))}`;
}

/** Formats minutes since midnight as `HH:MM`. */
export function formatMinutes(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}
