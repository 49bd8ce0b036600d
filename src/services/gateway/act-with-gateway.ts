import type { Context } from '../../context.ts';
import type { Tx } from '../../db/client.ts';
import { transaction } from '../../db/transaction.ts';
import type { BookingSnapshot } from '../../domain/booking.ts';
import type { LogEvent } from '../../domain/ports/log-events.ts';
import { AppError } from '../../errors.ts';
import type { BookingActionInput } from '../booking/act-on-booking.ts';
import { readBooking } from '../booking/booking-snapshot.ts';
import { keyBusy, openKeptAnswer, sealAnswer, tryLockKey } from '../idempotency/answer-once.ts';
import { logAction } from '../log-action.ts';
import { runOperation } from './operation/run-operation.ts';

export interface GatewayAction {
  readonly booking: BookingSnapshot;
  /** The gateway has not said yet how it ends; the booking is as it stands. */
  readonly isPending: boolean;
  /** The refunds it began, among those of the booking. */
  readonly refundIds: readonly string[];
}

/** What beat one decided: which booking, and what the gateway is now to do. */
export interface FirstBeat {
  readonly bookingId: string;
  readonly operationIds: readonly string[];
  readonly refundIds?: readonly string[];
}

/**
 * Runs an action that may need the gateway, in three beats: decide and write down; ask; write down the outcome.
 *
 * No transaction is open while the gateway is asked. Should we die between two beats, the drain goes on from what was
 * written. With an Idempotency-Key, the first beat marks the request as running and the last one keeps its answer.
 */
export async function actWithGateway(
  ctx: Context,
  event: LogEvent,
  input: BookingActionInput,
  firstBeat: (tx: Tx) => Promise<FirstBeat>,
): Promise<GatewayAction> {
  const { actor, code } = input;
  return logAction(
    ctx,
    { event, actor, fields: { code } },
    () => runBeats(ctx, firstBeat),
    ({ booking, isPending }) => ({ status: booking.status, paymentStage: booking.paymentStage, isPending }),
  );
}

async function runBeats(ctx: Context, firstBeat: (tx: Tx) => Promise<FirstBeat>): Promise<GatewayAction> {
  const first = await transaction(ctx, async (tx) => {
    const earlier = await claimKey(ctx, tx);
    if (earlier !== null) return { earlier, beat: earlier.beat, preview: null };
    const beat = await firstBeat(tx);
    await markRunning(ctx, tx, beat);
    // In a dry run this is all that will ever be seen of it.
    return { earlier: null, beat, preview: ctx.request.isDryRun ? await readBooking(ctx, tx, beat.bookingId) : null };
  });
  if (first.earlier?.answer) return first.earlier.answer;
  if (first.preview !== null)
    return { booking: first.preview, isPending: false, refundIds: first.beat.refundIds ?? [] };
  const isPending = !(await runOperations(ctx, first.beat.operationIds));
  ctx.nudge();
  const refundIds = first.beat.refundIds ?? (await findRefundIds(ctx, first.beat));
  const action = { booking: await readBooking(ctx, ctx.db, first.beat.bookingId), isPending, refundIds };
  if (!isPending) await keepAnswer(ctx, action);
  return action;
}

/**
 * Payments side by side, so that all of them take the time of one; each payment's operations in order, as in the queue.
 *
 * Answers whether all are settled. What comes after one that is not is left to the drain.
 */
async function runOperations(ctx: Context, ids: readonly string[]): Promise<boolean> {
  if (ids.length === 0) return true;
  const operations = await ctx.db.gatewayOperation.findMany({
    where: { id: { in: [...ids] } },
    select: { id: true, paymentId: true },
    orderBy: { id: 'asc' },
  });
  const payments = new Set(operations.map(({ paymentId }) => paymentId));
  const runEach = async (payment: string): Promise<boolean> => {
    for (const { id, paymentId } of operations) {
      if (paymentId === payment && !(await runOperation(ctx, id))) return false;
    }
    return true;
  };
  return !(await Promise.all([...payments].map(runEach))).includes(false);
}

/** Of a request that is taken up again, only its operations are known. */
async function findRefundIds(ctx: Context, { operationIds }: FirstBeat): Promise<string[]> {
  if (operationIds.length === 0) return [];
  const operations = await ctx.db.gatewayOperation.findMany({ where: { id: { in: [...operationIds] } } });
  return operations.flatMap(({ refundId }) => refundId ?? []);
}

interface Earlier {
  readonly beat: FirstBeat;
  /** Null while its operations are not settled. */
  readonly answer: GatewayAction | null;
}

/** What is known of an earlier request with this key; null when this is the first. Throws: idempotency_in_progress. */
async function claimKey(ctx: Context, tx: Tx): Promise<Earlier | null> {
  const request = ctx.request.idempotency;
  if (request === null || ctx.request.isDryRun) return null;
  if (!(await tryLockKey(tx, request))) throw keyBusy();
  const { scope, key } = request;
  const kept = await tx.idempotencyKey.findUnique({ where: { scope_key: { scope, key } } });
  if (kept === null) return null;
  const { requestHash, answerSealed, bookingId, operationIds } = kept;
  if (requestHash !== request.requestHash) throw new AppError('idempotency_key_reused');
  if (answerSealed !== null) {
    const answer = openKeptAnswer(ctx, request, { requestHash, answerSealed }) as GatewayAction;
    return { beat: { bookingId: '', operationIds: [] }, answer };
  }
  if (bookingId === null) throw keyBusy();
  request.wasReplayed = true;
  return { beat: { bookingId, operationIds }, answer: null };
}

async function markRunning(ctx: Context, tx: Tx, beat: FirstBeat): Promise<void> {
  const request = ctx.request.idempotency;
  if (request === null || ctx.request.isDryRun) return;
  const { scope, key, requestHash } = request;
  const { bookingId, operationIds } = beat;
  await tx.idempotencyKey.create({ data: { scope, key, requestHash, bookingId, operationIds: [...operationIds] } });
}

async function keepAnswer(ctx: Context, answer: GatewayAction): Promise<void> {
  const request = ctx.request.idempotency;
  if (request === null) return;
  const { scope, key } = request;
  const where = { scope, key, answerSealed: null };
  await ctx.db.idempotencyKey.updateMany({ where, data: { answerSealed: sealAnswer(ctx, answer) } });
}
