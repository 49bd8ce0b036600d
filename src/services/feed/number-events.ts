import type { Context } from '../../context.ts';
import type { Tx } from '../../db/client.ts';
import { FEED_CHANNEL } from '../../db/connection/listen.ts';
import { transaction } from '../../db/transaction.ts';
import { touchedBy } from '../../domain/feed/property-change.ts';
import type { Told } from '../../domain/feed/property-change.ts';
import { spellChanges } from '../../domain/feed/spell-change.ts';

/** Properties in one go, and events: few enough that the lock is short. A go that numbers fewer than 50 has left none. */
export const MAX_FEEDS = 50;
const MAX_EVENTS = 500;

/**
 * Gives events that were committed their numbers: per property 1, 2, 3, … without a gap, of one booking in the order in
 * which things happened. Answers how many.
 *
 * An event gets its identity under its booking's lock, so the order of identities is the booking's order; between
 * bookings any order is as good. Other processes hear by one notification, sent by the commit, whose feed has grown and
 * what that touches.
 * Locks: the feeds' rows; those that another sequencer has are left to it.
 */
export async function numberEvents(ctx: Context): Promise<number> {
  const numbered = await transaction(ctx, async (tx) => {
    const feeds = await lockFeeds(tx);
    return feeds.length === 0 ? [] : numberLocked(tx, feeds);
  });
  for (const { delays } of numbered) for (const delay of delays) ctx.metrics.observePublishDelay(delay);
  return numbered.reduce((sum, { delays }) => sum + delays.length, 0);
}

/** Whose event has waited longest comes first, so that fifty that never rest keep no other waiting. */
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
  readonly events: readonly Told[];
  /** The identities of those that touch what everybody can read. */
  readonly changes: readonly string[] | null;
}

/** A statement of its own, because it must see what the last holder of the locks has numbered. */
async function numberLocked(tx: Tx, feeds: readonly string[]): Promise<Numbered[]> {
  const numbered = await tx.$queryRaw<Numbered[]>`
    WITH batch AS (
      SELECT id, property_id FROM outbox_messages
      WHERE property_id = ANY(${feeds}::uuid[]) AND seq IS NULL ORDER BY id LIMIT ${MAX_EVENTS}
    ), places AS (
      SELECT b.id, f.last_seq + row_number() OVER (PARTITION BY b.property_id ORDER BY b.id) AS seq
      FROM batch b JOIN feeds f ON f.property_id = b.property_id
    ), told AS (
      UPDATE outbox_messages o SET seq = p.seq, published_at = app_now() FROM places p WHERE o.id = p.id
      RETURNING o.id, o.property_id, o.seq, o.type, o.data, extract(epoch FROM o.published_at - o.occurred_at)::float8 AS delay
    ), heads AS (
      UPDATE feeds f SET last_seq = t.last_seq
      FROM (SELECT property_id, max(seq) AS last_seq FROM told GROUP BY property_id) t WHERE f.property_id = t.property_id
      RETURNING f.property_id
    )
    SELECT p.slug, array_agg(t.delay) AS delays,
      jsonb_agg(DISTINCT jsonb_build_object('type', t.type, 'from', t.data->>'from', 'to', t.data->>'to')) AS events,
      array_agg(t.id::text) FILTER (WHERE t.type = 'availability_changed') AS changes
    FROM told t JOIN heads h ON h.property_id = t.property_id JOIN properties p ON p.id = t.property_id
    GROUP BY p.slug`;
  const word = spellChanges(
    numbered.map(({ slug, events, changes }) => ({ slug, touched: touchedBy(events), events: changes ?? [] })),
  );
  await tx.$queryRaw`SELECT pg_notify(${FEED_CHANNEL}, ${word})::text`;
  return numbered;
}
