import type { Context } from '../../../context.ts';
import type { GatewayOperation, Tx } from '../../../db/client.ts';
import type { Queue } from '../../../db/drain.ts';
import { LEASE_SECONDS } from '../../../db/drain.ts';
import { transaction } from '../../../db/transaction.ts';
import type { LockedBooking } from '../../../db/locks.ts';
import {
  GATEWAY_BUDGET_MS,
  KEY_LIFETIME_MS,
  RESOURCE_MISSING,
  computeRetryDelayMs,
} from '../../../domain/ports/gateway.ts';
import type { GatewayResult } from '../../../domain/ports/gateway.ts';
import { isOpenState, OPEN_STATES } from '../../../domain/money/open-state.ts';
import { readClock } from '../../../db/connection/clock.ts';
import { dueOperation, isUnleased } from '../../../db/predicates.ts';
import { lockBookingByIdWithAllocation } from '../../core/booking/lock-booking.ts';
import { logFinalized } from '../payment/finalize/log-finalized.ts';
import { applyGatewayTruth } from './truth/apply-gateway-truth.ts';
import type { GatewayTruth } from './truth/apply-gateway-truth.ts';
import { sendRequest } from './send-request.ts';
import type { Operation } from './send-request.ts';
import { isDone, isSafeToRepeat, lookUpOperation, lookUpPayment } from './look-up-operation.ts';
import { recordUnpaid } from './truth/record-unpaid.ts';
import { retryRefund, retryVoid } from './retry-refused.ts';
import { releaseWalletPart } from '../wallet/hold-wallet-part.ts';
import { abandonCapture } from './truth/abandon-capture.ts';

/** Operations that charge the guest. */
const CHARGING_KINDS: readonly GatewayOperation['kind'][] = ['CREATE_SESSION', 'CAPTURE'];

const WITH_SUBJECT = { payment: true, refund: true } as const;

/** Queue of due operations; those of one payment run in order. */
export const operationQueue: Queue<{ id: string }> = {
  name: 'gateway-operations',
  claim: (ctx, limit) => ctx.db.$queryRaw`
    UPDATE gateway_operations SET leased_until = app_now() + ${LEASE_SECONDS} * interval '1 second'
    WHERE id IN (
      SELECT o.id FROM gateway_operations o
      WHERE ${dueOperation()} AND ${isUnleased('o')}
      ORDER BY o.next_attempt_at LIMIT ${limit}::int FOR UPDATE OF o SKIP LOCKED)
    RETURNING id`,
  run: async (ctx, { id }) => {
    try {
      await runOperation(ctx, id);
    } catch (error) {
      await postponeAfterBug(ctx, id);
      throw error;
    }
  },
};

/**
 * Runs phases two and three of an operation: sends the request to the gateway and records the outcome.
 *
 * The request that wrote the operation and the drain may both run the operation: the idempotency key makes the call
 * safe, and the booking's lock decides which caller records. No transaction is open during the call. An operation
 * without an answer is looked up at the gateway before the next attempt, or repeated under the same key.
 * Returns: true when the operation is closed.
 */
export async function runOperation(outer: Context, id: string): Promise<boolean> {
  const ctx = { ...outer, gateway: outer.gateway.withDeadline(performance.now() + GATEWAY_BUDGET_MS) };
  const operation = await ctx.db.gatewayOperation.findUniqueOrThrow({ where: { id }, include: WITH_SUBJECT });
  if (isClosed(operation)) return true;
  const now = await readClock(ctx.db);
  const isRepeat = isSafeToRepeat(operation, now);
  if (operation.state === 'UNKNOWN' && !isRepeat) {
    const found = await lookUpOperation(ctx, operation);
    if (isSessionGone(operation, found)) return endMissingSession(ctx, operation);
    if (found.kind !== 'DONE') return postpone(ctx, operation, afterLookUp(found), now);
    if (isDone(operation, found.value)) {
      await recordOutcome(ctx, operation, found, found.value);
      return true;
    }
  }
  const hasKeyExpired = operation.attempts > 0 && now.getTime() - operation.createdAt.getTime() > KEY_LIFETIME_MS;
  // The gateway has forgotten the key, so a repeat could charge twice: charging operations are refused. Refunds and
  // voids are sent again, because the look-up above showed no effect.
  const answer =
    hasKeyExpired && CHARGING_KINDS.includes(operation.kind)
      ? { kind: 'REFUSED' as const, code: 'too_old_to_repeat' }
      : await sendRequest(ctx, operation);
  if (answer.kind === 'UNKNOWN') return postpone(ctx, operation, toPostponement(answer), now);
  if (isSessionGone(operation, answer)) return endMissingSession(ctx, operation);
  // After a refusal the current state counts: staff may have done the operation in the gateway's dashboard.
  const truth = await readTruth(ctx, operation, answer, isRepeat);
  if (truth.kind !== 'DONE') return postpone(ctx, operation, afterLookUp(truth), now);
  // The gateway refused a capture that is still in progress there, so the outcome is not known yet.
  if (answer.kind === 'REFUSED' && operation.kind === 'CAPTURE' && truth.value.intent?.status === 'other') {
    return postpone(ctx, operation, toPostponement(answer), now);
  }
  // A refusal of an operation that has had its effect is a success of an earlier attempt.
  await recordOutcome(ctx, operation, isDone(operation, truth.value) ? truth : answer, truth.value);
  return true;
}

/** Reads the current state after a refusal, and after a repeat, whose answer may be as old as the first request. */
async function readTruth(
  ctx: Context,
  operation: Operation,
  answer: Exclude<GatewayResult<GatewayTruth>, { kind: 'UNKNOWN' }>,
  isRepeat: boolean,
): Promise<GatewayResult<GatewayTruth>> {
  if (answer.kind !== 'DONE') return lookUpOperation(ctx, operation);
  return isRepeat ? lookUpPayment(ctx, { sessionId: answer.value.session?.id ?? null, intentId: null }) : answer;
}

/** Tells whether the gateway does not know the session that is to expire, so that nobody can pay on it. */
function isSessionGone({ kind }: Operation, answer: GatewayResult<unknown>): boolean {
  return kind === 'EXPIRE_SESSION' && answer.kind === 'REFUSED' && answer.code === RESOURCE_MISSING;
}

async function endMissingSession(ctx: Context, operation: Operation): Promise<true> {
  const answer = { kind: 'REFUSED', code: RESOURCE_MISSING } as const;
  await recordOutcome(ctx, operation, answer, { session: null, intent: null });
  return true;
}

/** Records the outcome under the booking's lock: phase three. */
async function recordOutcome(
  ctx: Context,
  operation: Operation,
  answer: GatewayResult<GatewayTruth>,
  truth: GatewayTruth,
): Promise<void> {
  const finalized = await transaction(ctx, async (tx) => {
    const booking = await lockBookingByIdWithAllocation(tx, { id: operation.bookingId });
    const current = await tx.gatewayOperation.findUniqueOrThrow({
      where: { id: operation.id },
      include: WITH_SUBJECT,
    });
    if (isClosed(current)) return null;
    await closeOperation(tx, current, answer, truth);
    const applied = await applyGatewayTruth(tx, {
      booking,
      payment: current.payment,
      truth,
      requestId: current.requestId,
    });
    if (answer.kind === 'REFUSED') await applyRefusal(tx, current, booking, { truth, code: answer.code });
    return { applied };
  });
  const isRecorded = finalized !== null;
  if (isRecorded && finalized.applied !== null) logFinalized(ctx, finalized.applied);
  const { id, kind, bookingId } = operation;
  const outcome = answer.kind === 'REFUSED' ? answer.code : 'ok';
  if (isRecorded) ctx.metrics.countGatewayOperation(kind, outcome === 'ok' ? 'ok' : 'refused');
  // A refused void or refund leaves the guest's money blocked, so the log level alerts staff.
  const isStuck = outcome !== 'ok' && truth.intent !== null && (kind === 'VOID' || kind === 'REFUND');
  ctx.log[isStuck ? 'error' : 'info'](
    { event: `payment/${kind.toLowerCase()}`, operationId: id, bookingId, outcome },
    'gateway operation closed',
  );
}

/** Applies the consequences of a refusal to payment, booking and refund. */
async function applyRefusal(
  tx: Tx,
  operation: Operation,
  booking: LockedBooking,
  { truth, code }: { truth: GatewayTruth; code: string },
): Promise<void> {
  const { kind, paymentId, payment, requestId } = operation;
  const { session, intent } = truth;
  if (kind === 'CREATE_SESSION' && session === null) {
    await tx.payment.update({ where: { id: paymentId }, data: { stage: 'FAILED' } });
    await releaseWalletPart(tx, booking, payment);
  }
  // A payment that arrives all the same is recorded from FAILED too.
  if (kind === 'EXPIRE_SESSION' && code === RESOURCE_MISSING && payment.stage === 'SESSION_CREATED') {
    await recordUnpaid(tx, { booking, payment });
  }
  if (kind === 'CAPTURE' && intent?.status === 'requires_capture') {
    await abandonCapture(tx, { booking, payment, requestId });
  }
  if (kind === 'VOID' && intent !== null) {
    await retryVoid(tx, { booking, payment, intent, requestId, reason: code });
  }
  if (kind === 'REFUND' && operation.refund !== null) {
    await retryRefund(tx, { booking, refund: operation.refund, requestId, reason: code });
  }
}

async function closeOperation(
  tx: Tx,
  { id, attempts }: Operation,
  answer: GatewayResult<GatewayTruth>,
  truth: GatewayTruth,
): Promise<void> {
  const isDone = answer.kind === 'DONE';
  const outcome = answer.kind === 'REFUSED' ? answer.code : (truth.intent?.id ?? truth.session?.id ?? null);
  const settledAt = await readClock(tx);
  await tx.gatewayOperation.update({
    where: { id },
    data: { state: isDone ? 'DONE' : 'REFUSED', attempts: attempts + 1, outcome, settledAt, leasedUntil: null },
  });
}

/** Postpones an operation of unknown outcome. The next attempt looks the operation up, with growing delays. */
async function postpone(
  ctx: Context,
  operation: Operation,
  { reason, needsNewKey }: Postponement,
  now: Date,
): Promise<false> {
  const attempts = operation.attempts + 1;
  const waitMs = computeRetryDelayMs(attempts);
  await ctx.db.gatewayOperation.updateMany({
    where: { id: operation.id, state: { in: [...OPEN_STATES] } },
    data: {
      state: 'UNKNOWN',
      attempts,
      outcome: reason,
      // The gateway repeats a stored failure for its key. A request that may still be running keeps the key.
      ...(needsNewKey && { keyNumber: { increment: 1 } }),
      leasedUntil: null,
      nextAttemptAt: new Date(now.getTime() + waitMs),
    },
  });
  const { id, kind, bookingId, refundId } = operation;
  if (refundId !== null) {
    await ctx.db.refund.updateMany({ where: { id: refundId, state: 'PENDING' }, data: { state: 'UNKNOWN' } });
  }
  ctx.metrics.countGatewayOperation(kind, 'unknown');
  ctx.log.warn(
    { event: 'PAYMENT_UNKNOWN', operationId: id, kind, bookingId, attempts, reason, nextInSeconds: waitMs / 1_000 },
    'PAYMENT_UNKNOWN',
  );
  return false;
}

/** Postpones an operation that failed by a bug of ours, as if the gateway had not answered. */
async function postponeAfterBug(ctx: Context, id: string): Promise<void> {
  const operation = await ctx.db.gatewayOperation.findUniqueOrThrow({ where: { id }, include: WITH_SUBJECT });
  await postpone(
    ctx,
    operation,
    { reason: 'a mistake of ours, see the log', needsNewKey: false },
    await readClock(ctx.db),
  );
}

interface Postponement {
  readonly reason: string;
  /** True when the gateway answered with a failure, which it would repeat for the key. */
  readonly needsNewKey: boolean;
}

/** Turns a look-up without a result into a postponement: its failure says nothing about the operation's own key. */
function afterLookUp(found: Exclude<GatewayResult<GatewayTruth>, { kind: 'DONE' }>): Postponement {
  return { ...toPostponement(found), needsNewKey: false };
}

/** Turns an answer without a result into a postponement. */
function toPostponement(answer: Exclude<GatewayResult<GatewayTruth>, { kind: 'DONE' }>): Postponement {
  if (answer.kind === 'REFUSED') return { reason: answer.code, needsNewKey: false };
  return { reason: answer.reason, needsNewKey: answer.isFinal };
}

function isClosed({ state }: Operation): boolean {
  return !isOpenState(state);
}
