import type { Context } from '../../context.ts';
import type { WebhookEvent } from '../../db/client.ts';
import { LEASE_SECONDS } from '../../db/drain.ts';
import type { Queue } from '../../db/drain.ts';
import { transaction } from '../../db/transaction.ts';
import { readClock } from '../../db/clock.ts';
import { syncDispute } from '../dispute/sync-dispute.ts';
import { GATEWAY_BUDGET_MS } from '../../domain/ports/gateway.ts';
import { announce } from '../feed/announce.ts';
import { syncPayment } from '../gateway/sync-payment.ts';
import { findPaymentOfEvent } from './find-payment-of-event.ts';

/** After so many it is FAILED: visible, replayable, and no longer in the way of the booking's other events. */
const MAX_ATTEMPTS = 8;
/** Soon for a hiccup, then patiently: more than two hours in all, so that an outage of the gateway's fails nothing. */
const WAITS_SECONDS = [1, 2, 4, 8, 30, 600, 7_200] as const;

/** Events that are due; of one booking the oldest first, and one at a time. */
export const webhookQueue: Queue<{ id: bigint }> = {
  name: 'webhook-events',
  claim: (ctx, limit) => ctx.db.$queryRaw`
    UPDATE webhook_events SET leased_until = app_now() + ${LEASE_SECONDS} * interval '1 second'
    WHERE id IN (
      SELECT w.id FROM webhook_events w
      WHERE w.state = 'RECEIVED' AND w.next_attempt_at <= (SELECT app_now())
        AND (w.leased_until IS NULL OR w.leased_until <= (SELECT app_now()))
        AND NOT EXISTS (
          SELECT FROM webhook_events e WHERE e.booking_id = w.booking_id AND e.state = 'RECEIVED' AND e.id < w.id)
      ORDER BY w.id LIMIT ${limit}::int FOR UPDATE OF w SKIP LOCKED)
    RETURNING id`,
  run: async (ctx, { id }) => {
    await processWebhook(ctx, id);
  },
};

/**
 * Finds out what an event means, by asking the gateway how the payment, and the dispute, stands now.
 *
 * The event's own content is not believed, so it does not matter when, how often or in which order events come. One
 * about something that is not ours is simply done with.
 */
export async function processWebhook(outer: Context, id: bigint): Promise<void> {
  // Less than the lease: when the gateway is slow, others would take the event up meanwhile.
  const ctx = { ...outer, gateway: outer.gateway.until(performance.now() + GATEWAY_BUDGET_MS) };
  const event = await ctx.db.webhookEvent.findUniqueOrThrow({ where: { id } });
  if (event.state !== 'RECEIVED') return;
  const problem = await tryToSync(ctx, event);
  if (problem !== null) {
    ctx.metrics.countWebhook(await postpone(ctx, event, problem));
    return;
  }
  await ctx.db.webhookEvent.updateMany({
    where: { id, state: 'RECEIVED' },
    data: {
      state: 'PROCESSED',
      processedAt: await readClock(ctx.db),
      attempts: event.attempts + 1,
      leasedUntil: null,
      lastError: null,
    },
  });
  ctx.metrics.countWebhook('processed');
}

async function tryToSync(ctx: Context, event: WebhookEvent): Promise<string | null> {
  try {
    return (await sync(ctx, event)) ? null : 'the gateway does not answer';
  } catch (error) {
    ctx.log.error({ event: 'webhook/process', err: error, outcome: 'failed' }, 'webhook/process');
    return error instanceof Error ? error.name : 'unknown error';
  }
}

/** Answers false when the gateway did not say. */
async function sync(ctx: Context, event: WebhookEvent): Promise<boolean> {
  const subject = await findPaymentOfEvent(ctx, event);
  if (subject.kind !== 'PAYMENT') return subject.kind === 'STRANGER';
  const { paymentId } = subject;
  const { sessionId, intentId, disputeId } = event;
  const hint = { sessionId, intentId };
  return disputeId === null ? syncPayment(ctx, { paymentId, hint }) : syncDispute(ctx, { disputeId, paymentId, hint });
}

async function postpone(ctx: Context, event: WebhookEvent, lastError: string): Promise<'postponed' | 'failed'> {
  const attempts = event.attempts + 1;
  const now = await readClock(ctx.db);
  const waits = {
    attempts,
    lastError,
    leasedUntil: null,
    nextAttemptAt: new Date(now.getTime() + (WAITS_SECONDS[event.attempts] ?? 0) * 1_000),
  };
  if (attempts < MAX_ATTEMPTS) {
    await ctx.db.webhookEvent.updateMany({ where: { id: event.id, state: 'RECEIVED' }, data: waits });
    return 'postponed';
  }
  const hasFailed = await transaction(ctx, async (tx) => {
    const { count } = await tx.webhookEvent.updateMany({
      where: { id: event.id, state: 'RECEIVED' },
      data: { ...waits, state: 'FAILED' },
    });
    const { propertyId, bookingId } = event;
    if (count > 0 && propertyId !== null)
      await announce(tx, { propertyId, bookingId, type: 'webhook_failed', data: {} });
    return count > 0;
  });
  // Whoever took it up as well has done with it.
  if (!hasFailed) return 'postponed';
  ctx.log.error(
    { event: 'webhook/failed', eventId: event.eventId, type: event.type, attempts, lastError },
    'webhook/failed',
  );
  return 'failed';
}
