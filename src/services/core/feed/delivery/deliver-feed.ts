import type { Context } from '../../../../context.ts';
import { LEASE_SECONDS } from '../../../../db/drain.ts';
import type { Queue } from '../../../../db/drain.ts';
import { isUnleased } from '../../../../db/predicates.ts';
import type { FeedEvent } from '../../../../domain/feed/events.ts';
import { listEvents } from '../list-events.ts';
import type { FeedSender } from './feed-sender.ts';

const READ_AT_ONCE = 100;
const FIRST_WAIT_MS = 500;
const MAX_WAIT_MS = 30_000;
/** One property's turn: others are served after it, and a server that stops waits for no backlog. */
const TURN_MS = 2_000;

/** How far a channel has delivered one property's feed. */
interface Cursor {
  readonly propertyId: string;
  readonly lastSeq: bigint;
  readonly attempts: number;
}

/**
 * Builds the queue of properties with events that a sender has not delivered; the one served longest ago comes first.
 *
 * Each channel has a cursor of its own per property, so a delivery that fails delays no other property and no other
 * channel. Within a property the order is kept, because only events that were taken, or refused for good, move the
 * cursor. A property without a cursor gets one here, at the start of its feed, and is claimed at the next poll.
 */
export function feedQueue(sender: FeedSender): Queue<Cursor> {
  const { channel } = sender;
  return {
    name: `${channel.toLowerCase()}-deliveries`,
    claim: (ctx, limit) => ctx.db.$queryRaw`
      WITH opened AS (
        INSERT INTO feed_cursors (channel, property_id) SELECT ${channel}, f.property_id FROM feeds f
        WHERE f.last_seq > 0
          AND NOT EXISTS (SELECT FROM feed_cursors c WHERE c.channel = ${channel} AND c.property_id = f.property_id)
        ON CONFLICT DO NOTHING
      )
      UPDATE feed_cursors SET leased_until = app_now() + ${LEASE_SECONDS} * interval '1 second'
      WHERE channel = ${channel} AND property_id IN (
        SELECT c.property_id FROM feed_cursors c JOIN feeds f ON f.property_id = c.property_id
        WHERE c.channel = ${channel} AND c.last_seq < f.last_seq AND c.next_attempt_at <= (SELECT app_now())
          AND ${isUnleased('c')}
        ORDER BY c.next_attempt_at LIMIT ${limit}::int FOR UPDATE OF c SKIP LOCKED)
      RETURNING property_id AS "propertyId", last_seq::int8 AS "lastSeq", attempts`,
    run: (ctx, cursor) => deliverFeed(ctx, sender, cursor),
  };
}

/**
 * Sends a property's events from its cursor on, as many as fit into one turn.
 *
 * At least once: events that were sent but not recorded are sent again, with the same id. Retries never end, they only
 * become rarer. An event that the channel refuses for good is logged and left out.
 */
async function deliverFeed(ctx: Context, sender: FeedSender, cursor: Cursor): Promise<void> {
  const { propertyId } = cursor;
  const endsAt = performance.now() + TURN_MS;
  let after = cursor.lastSeq;
  let batches: Batch[] = [];
  while (performance.now() < endsAt) {
    if (batches.length === 0) {
      const events = await listEvents(ctx, { propertyId, after: Number(after), limit: READ_AT_ONCE });
      batches = packBatches(sender, events);
    }
    const batch = batches.shift();
    if (batch === undefined) break;
    const result = await sender.send(ctx, batch.events);
    if (result.kind === 'UNKNOWN') {
      const attempts = after === cursor.lastSeq ? cursor.attempts : 0;
      await postpone(ctx, sender, { propertyId, lastSeq: after, attempts }, result.reason);
      return;
    }
    if (result.kind === 'REFUSED') {
      if (batch.events.length > 1) {
        // One event may be the reason: sent alone, the others are taken.
        batches.unshift(...batch.events.map((event) => toBatch(sender, event)));
        continue;
      }
      logRefusal(ctx, sender, { propertyId, seq: batch.lastSeq, reason: result.reason });
    }
    // Another server took over after our lease ended: the rest is its work.
    if (!(await moveOn(ctx, sender, { propertyId, from: after, to: batch.lastSeq }))) return;
    after = BigInt(batch.lastSeq);
  }
  await ctx.db.feedCursor.updateMany({
    where: { channel: sender.channel, propertyId, lastSeq: after },
    data: { leasedUntil: null },
  });
}

interface Batch {
  readonly events: readonly FeedEvent[];
  readonly size: number;
  readonly lastSeq: number;
}

function toBatch(sender: FeedSender, event: FeedEvent): Batch {
  return { events: [event], size: sender.sizeOf(event), lastSeq: event.seq };
}

/** Packs whole events in order, as many to a request as the channel takes. */
function packBatches(sender: FeedSender, events: readonly FeedEvent[]): Batch[] {
  const batches: Batch[] = [];
  for (const event of events) {
    const next = toBatch(sender, event);
    const last = batches.at(-1);
    if (last !== undefined && last.size + next.size <= sender.maxBatchSize) {
      batches[batches.length - 1] = { ...next, events: [...last.events, event], size: last.size + next.size };
    } else batches.push(next);
  }
  return batches;
}

function logRefusal(
  ctx: Context,
  { channel, logEvent }: FeedSender,
  refused: { propertyId: string; seq: number; reason: string },
): void {
  const line = { event: logEvent, channel, ...refused, outcome: 'refused' };
  ctx.log.error(line, 'an event that the channel will never take');
}

/** Records the events that were taken and extends the lease. Answers false when the cursor has moved meanwhile. */
async function moveOn(
  ctx: Context,
  { channel }: FeedSender,
  move: { propertyId: string; from: bigint; to: number },
): Promise<boolean> {
  const moved = await ctx.db.$executeRaw`
    UPDATE feed_cursors SET last_seq = ${move.to}::int8, attempts = 0, last_error = NULL, next_attempt_at = app_now(),
      leased_until = app_now() + ${LEASE_SECONDS} * interval '1 second'
    WHERE channel = ${channel} AND property_id = ${move.propertyId}::uuid AND last_seq = ${move.from}::int8`;
  return moved === 1;
}

/** Ends the turn and the lease until the next attempt: 0.5 s, then twice as long each time, at most 30 s. */
async function postpone(ctx: Context, sender: FeedSender, cursor: Cursor, reason: string): Promise<void> {
  const { channel, logEvent } = sender;
  const { propertyId, lastSeq, attempts } = cursor;
  const waitMs = Math.min(FIRST_WAIT_MS * 2 ** attempts, MAX_WAIT_MS);
  await ctx.db.$executeRaw`
    UPDATE feed_cursors SET attempts = attempts + 1, last_error = ${reason}, leased_until = NULL,
      next_attempt_at = app_now() + ${waitMs} * interval '1 millisecond'
    WHERE channel = ${channel} AND property_id = ${propertyId}::uuid AND last_seq = ${lastSeq}::int8`;
  const afterSeq = Number(lastSeq);
  const line = { event: logEvent, channel, propertyId, afterSeq, outcome: 'unknown', reason, waitMs };
  ctx.log.warn(line, 'events not taken by the channel; sent again later');
}
