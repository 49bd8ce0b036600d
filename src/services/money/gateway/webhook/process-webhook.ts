import type { Context } from '../../../../context.ts';
import type { WebhookEvent } from '../../../../db/client.ts';
import { LEASE_SECONDS } from '../../../../db/drain.ts';
import type { Queue } from '../../../../db/drain.ts';
import { transaction } from '../../../../db/transaction.ts';
import { readClock } from '../../../../db/connection/clock.ts';
import { dueWebhook, isUnleased } from '../../../../db/predicates.ts';
import { syncDispute } from '../sync/sync-dispute.ts';
import { GATEWAY_BUDGET_MS } from '../../../../domain/ports/gateway.ts';
import { announce } from '../../../core/feed/announce.ts';
import { syncPayment } from '../sync/sync-payment.ts';
import { findPaymentOfEvent } from './find-payment-of-event.ts';

/** Attempts until an event is FAILED: visible, replayable, and no longer blocking the booking's other events. */
const MAX_ATTEMPTS = 8;
/** Waits between attempts: more than two hours in total, so that an outage of the gateway fails no event. */
const WAITS_SECONDS = [1, 2, 4, 8, 30, 600, 7_200] as const;

/** Queue of due events; those of one booking run one at a time, oldest first. */
export const webhookQueue: Queue<{ id: bigint }> = {
  name: 'webhook-events',
  claim: (ctx, limit) => ctx.db.$queryRaw`
    UPDATE webhook_events SET leased_until = app_now() + ${LEASE_SECONDS} * interval '1 second'
    WHERE id IN (
      SELECT w.id FROM webhook_events w
      WHERE ${dueWebhook()} AND ${isUnleased('w')}
      ORDER BY w.id LIMIT ${limit}::int FOR UPDATE OF w SKIP LOCKED)
    RETURNING id`,
  run: async (ctx, { id }) => {
    await processWebhook(ctx, id);
  },
};

/**
 * Processes an event by synchronizing its payment and dispute with the gateway.
 *
 * The event's content is not trusted, so time, number and order of events do not matter. Events of other systems are
 * marked as processed.
 */
export async function processWebhook(outer: Context, id: bigint): Promise<void> {
  // The budget is shorter than the lease, so no other process takes the event while the gateway is slow.
  const ctx = { ...outer, gateway: outer.gateway.withDeadline(performance.now() + GATEWAY_BUDGET_MS) };
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
    return (await syncSubject(ctx, event)) ? null : 'the gateway does not answer';
  } catch (error) {
    ctx.log.error({ event: 'webhook/process', err: error, outcome: 'failed' }, 'webhook/process');
    return error instanceof Error ? error.name : 'unknown error';
  }
}

/** Synchronizes the event's payment or dispute. Returns: false when the gateway did not answer. */
async function syncSubject(ctx: Context, event: WebhookEvent): Promise<boolean> {
  const subject = await findPaymentOfEvent(ctx, event);
  if (subject.kind !== 'PAYMENT') return subject.kind === 'UNRELATED';
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
  // Another process has finished the event.
  if (!hasFailed) return 'postponed';
  ctx.log.error(
    { event: 'webhook/failed', eventId: event.eventId, type: event.type, attempts, lastError },
    'webhook/failed',
  );
  return 'failed';
}
