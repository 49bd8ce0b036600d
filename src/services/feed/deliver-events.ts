import type { Context } from '../../context.ts';
import { LEASE_SECONDS } from '../../db/drain.ts';
import type { Queue } from '../../db/drain.ts';
import { channelsOf } from '../../domain/feed/events.ts';
import type { FeedEvent } from '../../domain/feed/events.ts';
import { MAX_PUBLICATIONS } from '../../domain/ports/realtime.ts';
import type { Publication } from '../../domain/ports/realtime.ts';
import { listEvents } from './list-events.ts';

/** The name of this channel's cursors. */
const PUSHER = 'PUSHER';
const READ_AT_ONCE = 100;
const FIRST_WAIT_MS = 500;
const MAX_WAIT_MS = 30_000;
/** So long one property is served at a time: others get their turn, and a server that stops waits for no backlog. */
const TURN_MS = 2_000;

interface Cursor {
  readonly propertyId: string;
  readonly lastSeq: bigint;
  readonly attempts: number;
}

/**
 * Properties with events that Pusher has not heard; who was served longest ago comes first.
 *
 * Each property has a cursor of its own, so one whose delivery fails delays no other; within a property the order is
 * kept, because only what was taken moves the cursor. A property that came when there was no other, and so no cursor to
 * tell the channels by, gets its cursor here, and its turn at the next look.
 */
export const pusherQueue: Queue<Cursor> = {
  name: 'pusher-deliveries',
  claim: (ctx, limit) => ctx.db.$queryRaw`
    WITH opened AS (
      INSERT INTO feed_cursors (channel, property_id) SELECT ${PUSHER}, f.property_id FROM feeds f
      WHERE f.last_seq > 0
        AND NOT EXISTS (SELECT FROM feed_cursors c WHERE c.channel = ${PUSHER} AND c.property_id = f.property_id)
      ON CONFLICT DO NOTHING
    )
    UPDATE feed_cursors SET leased_until = app_now() + ${LEASE_SECONDS} * interval '1 second'
    WHERE channel = ${PUSHER} AND property_id IN (
      SELECT c.property_id FROM feed_cursors c JOIN feeds f ON f.property_id = c.property_id
      WHERE c.channel = ${PUSHER} AND c.last_seq < f.last_seq AND c.next_attempt_at <= (SELECT app_now())
        AND (c.leased_until IS NULL OR c.leased_until <= (SELECT app_now()))
      ORDER BY c.next_attempt_at LIMIT ${limit}::int FOR UPDATE OF c SKIP LOCKED)
    RETURNING property_id AS "propertyId", last_seq::int8 AS "lastSeq", attempts`,
  run: deliverEvents,
};

/**
 * Sends a property's events, as many as its turn has room for, from where its cursor stands.
 *
 * At least once: what was sent but not noted is sent again, with the same id. Never given up, only less and less often;
 * what the service will never take is left out, and said.
 */
async function deliverEvents(ctx: Context, cursor: Cursor): Promise<void> {
  const { realtime } = ctx;
  if (realtime === null) return;
  const { propertyId } = cursor;
  const endsAt = performance.now() + TURN_MS;
  let after = cursor.lastSeq;
  let batches: Batch[] = [];
  while (performance.now() < endsAt) {
    if (batches.length === 0) {
      batches = packBatches(await listEvents(ctx, { propertyId, after: Number(after), limit: READ_AT_ONCE }));
    }
    const batch = batches.shift();
    if (batch === undefined) break;
    const answer = await realtime.publish(batch.publications);
    if (answer.kind === 'UNKNOWN') {
      const attempts = after === cursor.lastSeq ? cursor.attempts : 0;
      await postpone(ctx, { propertyId, lastSeq: after, attempts }, answer.reason);
      return;
    }
    if (answer.kind === 'REFUSED') {
      if (batch.events.length > 1) {
        // It may be for one of them; the others are not to go with it.
        batches.unshift(...batch.events.map(toBatch));
        continue;
      }
      logRefusal(ctx, { propertyId, seq: batch.lastSeq, reason: answer.reason });
    }
    // Somebody else has taken over, because we were too slow: the rest is theirs.
    if (!(await moveOn(ctx, { propertyId, from: after, to: batch.lastSeq }))) return;
    after = BigInt(batch.lastSeq);
  }
  await ctx.db.feedCursor.updateMany({
    where: { channel: PUSHER, propertyId, lastSeq: after },
    data: { leasedUntil: null },
  });
}

interface Batch {
  readonly events: readonly FeedEvent[];
  readonly publications: readonly Publication[];
  readonly lastSeq: number;
}

function toBatch(event: FeedEvent): Batch {
  const data = JSON.stringify(event);
  const publications = channelsOf(event).map((channel) => ({ channel, name: event.type, data }));
  return { events: [event], publications, lastSeq: event.seq };
}

/** Whole events in order, as many to a request as the service takes. */
function packBatches(events: readonly FeedEvent[]): Batch[] {
  const batches: Batch[] = [];
  for (const next of events.map(toBatch)) {
    const last = batches.at(-1);
    if (last !== undefined && last.publications.length + next.publications.length <= MAX_PUBLICATIONS) {
      const publications = [...last.publications, ...next.publications];
      batches[batches.length - 1] = { ...next, events: [...last.events, ...next.events], publications };
    } else batches.push(next);
  }
  return batches;
}

function logRefusal(ctx: Context, refused: { propertyId: string; seq: number; reason: string }): void {
  const line = { event: 'realtime/publish', ...refused, outcome: 'refused' };
  ctx.log.error(line, 'an event that the realtime service will never take');
}

/** Notes what was taken and keeps the lease; false when the cursor is no longer where we left it. */
async function moveOn(ctx: Context, move: { propertyId: string; from: bigint; to: number }): Promise<boolean> {
  const moved = await ctx.db.$executeRaw`
    UPDATE feed_cursors SET last_seq = ${move.to}::int8, attempts = 0, last_error = NULL, next_attempt_at = app_now(),
      leased_until = app_now() + ${LEASE_SECONDS} * interval '1 second'
    WHERE channel = ${PUSHER} AND property_id = ${move.propertyId}::uuid AND last_seq = ${move.from}::int8`;
  return moved === 1;
}

async function postpone(ctx: Context, { propertyId, lastSeq, attempts }: Cursor, reason: string): Promise<void> {
  const waitMs = Math.min(FIRST_WAIT_MS * 2 ** attempts, MAX_WAIT_MS);
  await ctx.db.$executeRaw`
    UPDATE feed_cursors SET attempts = attempts + 1, last_error = ${reason}, leased_until = NULL,
      next_attempt_at = app_now() + ${waitMs} * interval '1 millisecond'
    WHERE channel = ${PUSHER} AND property_id = ${propertyId}::uuid AND last_seq = ${lastSeq}::int8`;
  const line = { event: 'realtime/publish', propertyId, afterSeq: Number(lastSeq), outcome: 'unknown', reason, waitMs };
  ctx.log.warn(line, 'events not taken by the realtime service; sent again later');
}

/** Begins to deliver where the feeds stand now: whoever connects the service wants what happens, not what has happened. */
export async function openPusherCursors(ctx: Pick<Context, 'db'>): Promise<void> {
  await ctx.db.$executeRaw`
    INSERT INTO feed_cursors (channel, property_id, last_seq)
    SELECT ${PUSHER}, property_id, last_seq FROM feeds ON CONFLICT DO NOTHING`;
}
