import type { Context } from '../../context.ts';
import type { FeedEvent } from '../../domain/feed/events.ts';
import { listEvents } from './list-events.ts';

const BATCH = 100;
/** How long without news before the caller is told that we are still there. */
const QUIET_MS = 15_000;

/**
 * The property's events after a number, or from now on, and then each as it is told, until `signal` says enough.
 *
 * Yields an empty list now and then when nothing happens. Reads on only when the last ones were taken, so that a slow
 * reader costs a slow reader's memory, and misses nothing.
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
  let toldAt = performance.now();
  while (!signal.aborted) {
    // Taken before the read: what is told while we read wakes us at once.
    const grown = ctx.feeds.grown(slug, QUIET_MS, signal);
    const events = await listEvents(ctx, { propertyId, after, limit: BATCH });
    after = events.at(-1)?.seq ?? after;
    const isQuiet = events.length === 0 && performance.now() - toldAt >= QUIET_MS;
    if (events.length > 0 || isQuiet) {
      yield events;
      toldAt = performance.now();
    }
    if (events.length < BATCH) await grown;
  }
}

/** The number of the last event that was told. */
async function readHead(ctx: Context, propertyId: string): Promise<number> {
  const { lastSeq } = await ctx.db.feed.findUniqueOrThrow({ where: { propertyId } });
  return Number(lastSeq);
}
