import type { Context } from '../../../context.ts';
import type { Tx } from '../../../db/client.ts';
import { FEED_CHANNEL } from '../../../db/connection/listen.ts';
import { transaction } from '../../../db/transaction.ts';
import { touchedBy } from '../../../domain/feed/property-change.ts';
import type { EventScope } from '../../../domain/feed/property-change.ts';
import { encodeChanges } from '../../../domain/feed/encode-change.ts';

/** Properties and events in one run: few, so that locks are short. A run over fewer than 50 feeds has left none. */
export const MAX_FEEDS = 50;
const MAX_EVENTS = 500;

/**
 * Numbers committed events per property: 1, 2, 3, … without a gap, and in order within a booking.
 *
 * An event gets its id under the lock of its booking, so ids follow the booking's order; between bookings the order
 * does not matter. The commit sends one notification with the grown feeds and the affected public data to every
 * process.
 * Locks: the feeds' rows; skips feeds locked by another sequencer.
 * Returns: the number of events numbered.
 */
export async function numberEvents(ctx: Context): Promise<number> {
  const numbered = await transaction(ctx, async (tx) => {
    const feeds = await lockFeeds(tx);
    return feeds.length === 0 ? [] : numberLocked(tx, feeds);
  });
  for (const { delays } of numbered) for (const delay of delays) ctx.metrics.observePublishDelay(delay);
  return numbered.reduce((sum, { delays }) => sum + delays.length, 0);
}

/** Locks the feeds with unnumbered events, the longest wait first, so that fifty busy feeds delay no other. */
async function lockFeeds(tx: Tx): Promise<string[]> {
  const rows = await tx.$queryRaw<{ property_id: string }[]>`
    SELECT f.property_id FROM feeds f
    JOIN (SELECT property_id, min(id) AS oldest FROM outbox_messages WHERE seq IS NULL GROUP BY property_id) w
      ON w.property_id = f.property_id
    ORDER BY w.oldest LIMIT ${MAX_FEEDS} FOR UPDATE OF f SKIP LOCKED`;
  return rows.map((row) => row.property_id);
}

interface Numbered {
  readonly slug: string;
  /** Seconds from each commit's event to now. */
  readonly delays: readonly number[];
  readonly events: readonly EventScope[];
  /** The ids of the events that touch public data. */
  readonly changes: readonly string[] | null;
}

/**
 * Numbers the events of locked feeds.
 *
 * A separate statement, because its snapshot must see the previous sequencer's numbers.
 */
async function numberLocked(tx: Tx, feeds: readonly string[]): Promise<Numbered[]> {
  const numbered = await tx.$queryRaw<Numbered[]>`
    WITH batch AS (
      SELECT id, property_id FROM outbox_messages
      WHERE property_id = ANY(${feeds}::uuid[]) AND seq IS NULL ORDER BY id LIMIT ${MAX_EVENTS}
    ), places AS (
      SELECT b.id, f.last_seq + row_number() OVER (PARTITION BY b.property_id ORDER BY b.id) AS seq
      FROM batch b JOIN feeds f ON f.property_id = b.property_id
    ), published AS (
      UPDATE outbox_messages o SET seq = p.seq, published_at = app_now() FROM places p WHERE o.id = p.id
      RETURNING o.id, o.property_id, o.seq, o.type, o.data, extract(epoch FROM o.published_at - o.occurred_at)::float8 AS delay
    ), heads AS (
      UPDATE feeds f SET last_seq = t.last_seq
      FROM (SELECT property_id, max(seq) AS last_seq FROM published GROUP BY property_id) t WHERE f.property_id = t.property_id
      RETURNING f.property_id
    )
    SELECT p.slug, array_agg(e.delay) AS delays,
      jsonb_agg(DISTINCT jsonb_build_object('type', e.type, 'from', e.data->>'from', 'to', e.data->>'to')) AS events,
      array_agg(e.id::text) FILTER (WHERE e.type = 'availability_changed') AS changes
    FROM published e JOIN heads h ON h.property_id = e.property_id JOIN properties p ON p.id = e.property_id
    GROUP BY p.slug`;
  const payload = encodeChanges(
    numbered.map(({ slug, events, changes }) => ({ slug, touched: touchedBy(events), events: changes ?? [] })),
  );
  await tx.$queryRaw`SELECT pg_notify(${FEED_CHANNEL}, ${payload})::text`;
  return numbered;
}
