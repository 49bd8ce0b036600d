import type { Context } from '../../../context.ts';
import type { FeedEvent } from '../../../domain/feed/events.ts';
import { listEvents } from './list-events.ts';

const BATCH = 100;
/** The longest silence: then an empty list is yielded, for a heartbeat. */
const QUIET_MS = 15_000;

/**
 * Streams the property's events after a number, or from now on, until `signal` aborts.
 *
 * Yields an empty list as a heartbeat after fifteen seconds of silence. The next batch is read when the reader has
 * taken the last, so that a slow reader buffers at most one batch, and misses no event.
 */
export async function* streamEvents(
  ctx: Context,
  input: {
    readonly propertyId: string;
    readonly slug: string;
    readonly after: number | null;
    readonly signal: AbortSignal;
  },
): AsyncGenerator<FeedEvent[]> {
  const { propertyId, slug, signal } = input;
  let after = input.after ?? (await readHead(ctx, propertyId));
  let yieldedAt = performance.now();
  while (!signal.aborted) {
    // Subscribed before the read, so that an event published during the read ends the wait at once.
    const grown = ctx.feeds.grown(slug, QUIET_MS, signal);
    const events = await listEvents(ctx, { propertyId, after, limit: BATCH });
    after = events.at(-1)?.seq ?? after;
    const isQuiet = events.length === 0 && performance.now() - yieldedAt >= QUIET_MS;
    if (events.length > 0 || isQuiet) {
      yield events;
      yieldedAt = performance.now();
    }
    if (events.length < BATCH) await grown;
  }
}

/** Reads the number of the last published event. */
async function readHead(ctx: Context, propertyId: string): Promise<number> {
  const { lastSeq } = await ctx.db.feed.findUniqueOrThrow({ where: { propertyId } });
  return Number(lastSeq);
}
