import { Temporal } from 'temporal-polyfill';

/** A stretch of time in which a zone's clocks run evenly: at an instant they show `instant + offset`. Milliseconds. */
export interface OffsetSpan {
  readonly from: number;
  readonly until: number;
  readonly offset: number;
}

/** What the clock on the wall shows, in milliseconds: the date and time read as if they were UTC. */
export type WallTime = number;

interface KnownOffsets {
  readonly from: number;
  readonly until: number;
  readonly spans: readonly OffsetSpan[];
}

/** A year to either side, so that the next question about the zone is most likely answered already. */
const MARGIN_MS = 366 * 86_400_000;

// A zone's rules do not change while the process runs, and Temporal takes microseconds where a search makes hundreds of
// slots in as many. One stretch per zone is kept, whatever dates are asked for, so this can't grow.
const known = new Map<string, KnownOffsets>();

/** The zone's offsets over [from, until) and beyond, in order, without a gap. */
export function listOffsets(timezone: string, from: number, until: number): readonly OffsetSpan[] {
  const kept = known.get(timezone);
  if (kept && kept.from <= from && kept.until >= until) return kept.spans;
  const wider = { from: from - MARGIN_MS, until: until + MARGIN_MS };
  const spans = readOffsets(timezone, wider.from, wider.until);
  known.set(timezone, { ...wider, spans });
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

/** What the zone's clocks are ahead of UTC at that instant, in milliseconds. */
export function offsetAt(timezone: string, instant: number): number {
  const span = listOffsets(timezone, instant, instant + 1).find(({ until }) => instant < until);
  if (!span) throw new Error(`Bug: no offset of ${timezone} at ${String(instant)}`);
  return span.offset;
}

/** The first instant at which the clock shows this time or a later one: of two, the first; in a gap, the gap's end. */
export function firstAtOrAfter(spans: readonly OffsetSpan[], wall: WallTime): number {
  const span = spans.find(({ until, offset }) => wall < until + offset);
  if (!span) throw new Error('Bug: a wall time beyond the offsets asked for');
  return Math.max(span.from, wall - span.offset);
}

/** The instant from which the clock never again shows less than this time: the end of what lasts until then. */
export function lastReaching(spans: readonly OffsetSpan[], wall: WallTime): number {
  const span = spans.findLast(({ from, offset }) => from + offset < wall);
  if (!span) throw new Error('Bug: a wall time before the offsets asked for');
  return Math.min(span.until, wall - span.offset);
}
