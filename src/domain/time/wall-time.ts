import { isPlainDate } from './calendar.ts';
import { spellTime } from './spell-time.ts';
import { firstAtOrAfter, listOffsets, offsetAt } from './wall-time-offsets.ts';
import type { WallTime } from './wall-time-offsets.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** `2027-05-14T15:00`, with or without seconds and their fraction, then Z, an offset, or nothing (RFC 3339, §5.6). */
const START =
  /^(\d{4}-\d{2}-\d{2})[Tt ]((?:[01]\d|2[0-3]):[0-5]\d)(?::([0-5]\d)(?:\.(\d{1,9}))?)?([Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)?$/;

export type ReadStart =
  | { readonly instant: Date }
  | { readonly problem: 'UNREADABLE' }
  /** The clocks jump over it; `next` is the first time that exists after it, with its offset. */
  | { readonly problem: 'SKIPPED'; readonly next: string }
  /** It comes twice: both, with their offsets, the earlier first. */
  | { readonly problem: 'AMBIGUOUS'; readonly candidates: readonly string[] };

/** The instant that a text means: by its own offset, else as wall time in the zone. Never guesses between two. */
export function readStart(text: string, timezone: string): ReadStart {
  const wall = readWallTime(text);
  if (!wall) return { problem: 'UNREADABLE' };
  if (wall.offset !== null) return { instant: new Date(wall.time - wall.offset) };
  // Two days to either side: no zone is as far from UTC, nor ever skipped more.
  const spans = listOffsets(timezone, wall.time - 2 * DAY_MS, wall.time + 2 * DAY_MS);
  const instants = spans.flatMap(({ from, until, offset }) => {
    const instant = wall.time - offset;
    return from <= instant && instant < until ? [new Date(instant)] : [];
  });
  const [instant, second] = instants;
  if (!instant) return { problem: 'SKIPPED', next: spellLocal(new Date(firstAtOrAfter(spans, wall.time)), timezone) };
  if (second) return { problem: 'AMBIGUOUS', candidates: instants.map((each) => spellLocal(each, timezone)) };
  return { instant };
}

function readWallTime(text: string): { time: WallTime; offset: number | null } | null {
  const [, date, time, second = '00', fraction = '', zone] = START.exec(text) ?? [];
  if (date === undefined || time === undefined || !isPlainDate(date)) return null;
  const wall = Date.parse(`${date}T${time}:${second}.${fraction.padEnd(3, '0').slice(0, 3)}Z`);
  return { time: wall, offset: zone === undefined ? null : readOffset(zone) };
}

function readOffset(zone: string): number {
  if (zone.length === 1) return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6));
  return (zone.startsWith('-') ? -minutes : minutes) * MINUTE_MS;
}

/**
 * The wall time of an instant with its offset, to the second: `2027-05-14T15:00:00+01:00`. It always means that instant.
 *
 * Offsets with seconds, which zones had before 1973, are rounded to the minute, as RFC 3339 has no others.
 */
export function spellLocal(instant: Date, timezone: string): string {
  const minutes = Math.round(offsetAt(timezone, instant.getTime()) / MINUTE_MS);
  return `${spellTime(instant.getTime() + minutes * MINUTE_MS)}${minutes < 0 ? '-' : '+'}${spellMinutes(Math.abs(minutes))}`;
}

/** `HH:MM` of minutes since midnight. */
export function spellMinutes(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}
