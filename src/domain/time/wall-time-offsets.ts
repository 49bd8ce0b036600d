import { Temporal } from 'temporal-polyfill';

/** A period with one UTC offset: local clocks show `instant + offset`. In milliseconds. */
export interface OffsetSpan {
  readonly from: number;
  readonly until: number;
  readonly offset: number;
}

/** Local date and time in milliseconds, read as if the clock were UTC. */
export type WallTime = number;

interface CachedOffsets {
  readonly from: number;
  readonly until: number;
  readonly spans: readonly OffsetSpan[];
}

/** Margin of a year on both sides, so that the next query for the zone hits the cache. */
const MARGIN_MS = 366 * 86_400_000;

// Zone rules are constant while the process runs. A Temporal call takes microseconds, and a search computes hundreds of
// slots. The cache holds one period per zone, so memory is bounded.
const cache = new Map<string, CachedOffsets>();

/** Lists the zone's offsets for at least [from, until), ascending, without gaps. */
export function listOffsets(timezone: string, from: number, until: number): readonly OffsetSpan[] {
  const cached = cache.get(timezone);
  if (cached && cached.from <= from && cached.until >= until) return cached.spans;
  const wider = { from: from - MARGIN_MS, until: until + MARGIN_MS };
  const spans = readOffsets(timezone, wider.from, wider.until);
  cache.set(timezone, { ...wider, spans });
  return spans;
}

function readOffsets(timezone: string, from: number, until: number): OffsetSpan[] {
  const spans: OffsetSpan[] = [];
  let start = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(timezone);
  while (start.epochMilliseconds < until) {
    const next = start.getTimeZoneTransition('next');
    spans.push({
      from: start.epochMilliseconds,
      until: Math.min(next?.epochMilliseconds ?? until, until),
      offset: start.offsetNanoseconds / 1_000_000,
    });
    if (!next) break;
    start = next;
  }
  return spans;
}

/** Computes the zone's UTC offset at the instant, in milliseconds. */
export function offsetAt(timezone: string, instant: number): number {
  const span = listOffsets(timezone, instant, instant + 1).find(({ until }) => instant < until);
  if (!span) throw new Error(`Bug: no offset of ${timezone} at ${String(instant)}`);
  return span.offset;
}

/** Finds the first instant at which the clock shows `wall` or later. In a gap: the end of the gap. */
export function firstAtOrAfter(spans: readonly OffsetSpan[], wall: WallTime): number {
  const span = spans.find(({ until, offset }) => wall < until + offset);
  if (!span) throw new Error('Bug: a wall time beyond the offsets asked for');
  return Math.max(span.from, wall - span.offset);
}

/** Finds the last instant at which the clock reaches `wall`: the end of a range that lasts until `wall`. */
export function lastReaching(spans: readonly OffsetSpan[], wall: WallTime): number {
  const span = spans.findLast(({ from, offset }) => from + offset < wall);
  if (!span) throw new Error('Bug: a wall time before the offsets asked for');
  return Math.min(span.until, wall - span.offset);
}
