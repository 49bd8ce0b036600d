import type { Context } from '../../../context.ts';
import type { GatewayOperation, Payment, Prisma, Tx } from '../../../db/client.ts';
import type { Queue } from '../../../db/drain.ts';
import { LEASE_SECONDS } from '../../../db/drain.ts';
import { transaction } from '../../../db/transaction.ts';
import type { LockedBooking } from '../../../db/locks.ts';
import { GATEWAY_BUDGET_MS, KEY_LIFETIME_MS, waitBeforeAttempt } from '../../../domain/ports/gateway.ts';
import type { GatewayAnswer, NewSession } from '../../../domain/ports/gateway.ts';
import { readClock } from '../../../db/clock.ts';
import { lockPlaceOf } from '../../booking/lock-booking.ts';
import { logFinalized } from '../../payment/finalize/log-finalized.ts';
import { applyGatewayTruth } from '../apply-gateway-truth.ts';
import type { GatewayTruth } from '../apply-gateway-truth.ts';
import { tryRefundingAgain, tryVoidingAgain } from './try-again-later.ts';
import { freeWalletPart } from '../../wallet/hold-wallet-part.ts';
import { giveUpCapture } from '../give-up-capture.ts';

/** What a guest would be charged by. */
const TAKES_MONEY: readonly GatewayOperation['kind'][] = ['CREATE_SESSION', 'CAPTURE'];

type Operation = Prisma.GatewayOperationGetPayload<{ include: { payment: true; refund: true } }>;

const WITH_ITS_OBJECT = { payment: true, refund: true } as const;

/** Operations that are due, each payment's in order. */
export const operationQueue: Queue<{ id: string }> = {
  name: 'gateway-operations',
  claim: (ctx, limit) => ctx.db.$queryRaw`
    UPDATE gateway_operations SET leased_until = app_now() + ${LEASE_SECONDS} * interval '1 second'
    WHERE id IN (
      SELECT o.id FROM gateway_operations o
      WHERE o.state IN ('PENDING', 'UNKNOWN') AND o.next_attempt_at <= (SELECT app_now())
        AND (o.leased_until IS NULL OR o.leased_until <= (SELECT app_now()))
        AND NOT EXISTS (
          SELECT FROM gateway_operations e
          WHERE e.payment_id = o.payment_id AND e.state IN ('PENDING', 'UNKNOWN') AND e.id < o.id
            AND e.kind <> 'EXPIRE_SESSION')
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
 * Asks the gateway and writes down what came of it: beats two and three. Answers whether it is settled.
 *
 * Reached by the request that wrote the operation and by the drain; both may run it, because the gateway knows the key
 * and the booking's lock decides who writes. No transaction is open while the gateway is asked. A request that was not
 * answered is looked up before it is made again.
 */
export async function runOperation(outer: Context, id: string): Promise<boolean> {
  const ctx = { ...outer, gateway: outer.gateway.until(performance.now() + GATEWAY_BUDGET_MS) };
  const operation = await ctx.db.gatewayOperation.findUniqueOrThrow({ where: { id }, include: WITH_ITS_OBJECT });
  if (isSettled(operation)) return true;
  const now = await readClock(ctx.db);
  if (operation.state === 'UNKNOWN') {
    const found = await lookUpOperation(ctx, operation);
    if (found.kind !== 'DONE') return postpone(ctx, operation, asUnknown(found), now);
    if (isDone(operation, found.value)) {
      await settle(ctx, operation, found, found.value);
      return true;
    }
  }
  const isForgotten = operation.attempts > 0 && now.getTime() - operation.createdAt.getTime() > KEY_LIFETIME_MS;
  // The gateway no longer knows the key. What takes money is not asked for again; what gives it back was just seen not
  // to have happened, and must.
  const answer =
    isForgotten && TAKES_MONEY.includes(operation.kind)
      ? { kind: 'REFUSED' as const, code: 'too_old_to_repeat' }
      : await perform(ctx, operation);
  if (answer.kind === 'UNKNOWN') return postpone(ctx, operation, answer, now);
  // After a refusal, how things are: what we wanted may have been done by somebody else.
  const truth = answer.kind === 'DONE' ? answer : await lookUpOperation(ctx, operation);
  if (truth.kind !== 'DONE') return postpone(ctx, operation, asUnknown(truth), now);
  // Refused, and the gateway is still busy with it itself: how it ends is not said yet.
  if (answer.kind === 'REFUSED' && operation.kind === 'CAPTURE' && truth.value.intent?.status === 'other') {
    return postpone(ctx, operation, asUnknown(answer), now);
  }
  // Refused because it is so already: a lost attempt of ours has done it.
  await settle(ctx, operation, isDone(operation, truth.value) ? truth : answer, truth.value);
  return true;
}

/** Beat two: the request itself, under the operation's own key. */
async function perform(ctx: Context, operation: Operation): Promise<GatewayAnswer<GatewayTruth>> {
  const { gateway } = ctx;
  const { id, kind, params, payment, keyNumber } = operation;
  const key = keyNumber === 1 ? id : `${id}:${String(keyNumber)}`;
  const { sessionId, intentId } = payment;
  if (kind === 'CREATE_SESSION') return ofSession(await gateway.createSession(params as unknown as NewSession, key));
  if (kind === 'EXPIRE_SESSION') {
    return sessionId === null ? nothingToDo() : ofSession(await gateway.expireSession(sessionId, key));
  }
  if (intentId === null) return nothingToDo();
  if (kind === 'VOID') return ofIntent(await gateway.void(intentId, key));
  if (kind === 'CAPTURE') return ofIntent(await gateway.capture({ intentId, amount: amountOf(operation) }, key));
  const { refund } = operation;
  // Done by somebody else already, in the gateway's dashboard: nothing is left to ask for.
  if (refund === null || refund.state === 'DONE' || refund.state === 'CANCELLED') return nothingToDo();
  return ofIntent(await gateway.refund({ intentId, amount: Number(refund.amount), refundId: refund.id }, key));
}

/** What is there of what the operation is about. */
async function lookUpOperation(
  ctx: Context,
  { kind, payment, createdAt }: Operation,
): Promise<GatewayAnswer<GatewayTruth>> {
  if (kind !== 'CREATE_SESSION' || payment.sessionId !== null) return lookUpPayment(ctx, payment);
  const found = await ctx.gateway.findSession(payment.id, createdAt.toISOString());
  return found.kind === 'DONE' ? { kind: 'DONE', value: { session: found.value, intent: null } } : found;
}

/** Whether the gateway shows that the operation has had its effect. */
function isDone({ kind, refund }: Operation, { session, intent }: GatewayTruth): boolean {
  switch (kind) {
    case 'CREATE_SESSION':
      return session !== null;
    case 'EXPIRE_SESSION':
      return session?.status === 'expired';
    case 'CAPTURE':
      return intent?.status === 'succeeded';
    case 'VOID':
      return intent?.status === 'canceled';
    case 'REFUND':
      // Also one that came back since: it is made again as another.
      return refund?.state === 'DONE' || intent?.refunds.some(({ refundId }) => refundId === refund?.id) === true;
  }
}

function amountOf({ params, payment }: Operation): number {
  return (params as { amount?: number }).amount ?? Number(payment.amount);
}

/** Reads what the gateway has on a payment. */
export async function lookUpPayment(
  ctx: Pick<Context, 'gateway'>,
  payment: Pick<Payment, 'sessionId' | 'intentId'>,
): Promise<GatewayAnswer<GatewayTruth>> {
  const session = payment.sessionId === null ? null : await ctx.gateway.getSession(payment.sessionId);
  if (session !== null && session.kind !== 'DONE') return session;
  const intentId = payment.intentId ?? session?.value.intentId ?? null;
  if (intentId === null) return { kind: 'DONE', value: { session: session?.value ?? null, intent: null } };
  const intent = await ctx.gateway.getIntent(intentId);
  return intent.kind === 'DONE'
    ? { kind: 'DONE', value: { session: session?.value ?? null, intent: intent.value } }
    : intent;
}

/** Beat three: the outcome, under the booking's lock. */
async function settle(
  ctx: Context,
  operation: Operation,
  answer: GatewayAnswer<GatewayTruth>,
  truth: GatewayTruth,
): Promise<void> {
  const finalized = await transaction(ctx, async (tx) => {
    const booking = await lockPlaceOf(tx, { id: operation.bookingId });
    const current = await tx.gatewayOperation.findUniqueOrThrow({
      where: { id: operation.id },
      include: WITH_ITS_OBJECT,
    });
    if (isSettled(current)) return null;
    await markSettled(tx, current, answer, truth);
    const applied = await applyGatewayTruth(tx, {
      ...{ booking, payment: current.payment, truth, requestId: current.requestId },
    });
    if (answer.kind === 'REFUSED') await settleRefusal(tx, current, booking, { truth, code: answer.code });
    return { applied };
  });
  const isOurs = finalized !== null;
  if (isOurs && finalized.applied !== null) logFinalized(ctx, finalized.applied);
  const { id, kind, bookingId } = operation;
  const outcome = answer.kind === 'REFUSED' ? answer.code : 'ok';
  if (isOurs) ctx.metrics.countGatewayOperation(kind, outcome === 'ok' ? 'ok' : 'refused');
  // Money that is due back and does not come is for somebody to look at.
  const isStuck = outcome !== 'ok' && truth.intent !== null && (kind === 'VOID' || kind === 'REFUND');
  ctx.log[isStuck ? 'error' : 'info'](
    { event: `payment/${kind.toLowerCase()}`, operationId: id, bookingId, outcome },
    'gateway operation settled',
  );
}

/** What follows from a refusal that is really one. */
async function settleRefusal(
  tx: Tx,
  operation: Operation,
  booking: LockedBooking,
  { truth, code }: { truth: GatewayTruth; code: string },
): Promise<void> {
  const { kind, paymentId, payment, requestId } = operation;
  const { session, intent } = truth;
  if (kind === 'CREATE_SESSION' && session === null) {
    await tx.payment.update({ where: { id: paymentId }, data: { stage: 'FAILED' } });
    await freeWalletPart(tx, booking, payment);
  }
  if (kind === 'CAPTURE' && intent?.status === 'requires_capture') {
    await giveUpCapture(tx, { booking, payment, requestId });
  }
  if (kind === 'VOID' && intent !== null) {
    await tryVoidingAgain(tx, { booking, payment, intent, requestId, reason: code });
  }
  if (kind === 'REFUND' && operation.refund !== null) {
    await tryRefundingAgain(tx, { booking, refund: operation.refund, requestId, reason: code });
  }
}

async function markSettled(
  tx: Tx,
  { id, attempts }: Operation,
  answer: GatewayAnswer<GatewayTruth>,
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

/** No answer that says: it may have happened or not. Looked up, and asked for again if need be, later and later. */
async function postpone(
  ctx: Context,
  operation: Operation,
  { reason, isOver }: { reason: string; isOver: boolean },
  now: Date,
): Promise<false> {
  const attempts = operation.attempts + 1;
  const waitMs = waitBeforeAttempt(attempts);
  await ctx.db.gatewayOperation.updateMany({
    where: { id: operation.id, state: { in: ['PENDING', 'UNKNOWN'] } },
    data: {
      state: 'UNKNOWN',
      attempts,
      outcome: reason,
      // The gateway has stored its failure under this key; a request that may still be running keeps it.
      ...(isOver && { keyNumber: { increment: 1 } }),
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

/** An operation that trips over a mistake of ours waits as long as one without an answer, and leaves the gateway in peace. */
async function postponeAfterBug(ctx: Context, id: string): Promise<void> {
  const operation = await ctx.db.gatewayOperation.findUniqueOrThrow({ where: { id }, include: WITH_ITS_OBJECT });
  await postpone(ctx, operation, { reason: 'a mistake of ours, see the log', isOver: false }, await readClock(ctx.db));
}

/** A look-up that was refused has told us nothing. */
function asUnknown(answer: { kind: 'REFUSED'; code: string } | { kind: 'UNKNOWN'; reason: string; isOver: boolean }) {
  return answer.kind === 'UNKNOWN' ? answer : { reason: answer.code, isOver: false };
}

function isSettled({ state }: Operation): boolean {
  return state === 'DONE' || state === 'REFUSED';
}

function nothingToDo(): GatewayAnswer<GatewayTruth> {
  return { kind: 'REFUSED', code: 'nothing_to_do' };
}

function ofSession(answer: GatewayAnswer<GatewayTruth['session'] & object>): GatewayAnswer<GatewayTruth> {
  return answer.kind === 'DONE' ? { kind: 'DONE', value: { session: answer.value, intent: null } } : answer;
}

function ofIntent(answer: GatewayAnswer<GatewayTruth['intent'] & object>): GatewayAnswer<GatewayTruth> {
  return answer.kind === 'DONE' ? { kind: 'DONE', value: { session: null, intent: answer.value } } : answer;
}
