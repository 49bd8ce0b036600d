import type { Context } from '../../context.ts';
import type { Queryable, Tx } from '../../db/client.ts';
import { transaction } from '../../db/transaction.ts';
import type { BookingSnapshot } from '../../domain/booking.ts';
import type { LogEvent } from '../../domain/ports/log-events.ts';
import type { IdempotentRequest } from '../../domain/ports/request-scope.ts';
import { AppError } from '../../errors.ts';
import type { BookingActionInput } from '../booking/act-on-booking.ts';
import { readBooking } from '../booking/booking-snapshot.ts';
import { keyBusy, openKeptAnswer, sealAnswer, tryLockKey } from '../idempotency/answer-once.ts';
import { logAction } from '../log-action.ts';
import { leaseOperation } from './operation/lease-operation.ts';
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

/** Throws when what the gateway made of it, once it is settled, is not what was asked for. */
export type AssertDone = (action: GatewayAction) => void;

/**
 * Runs an action that may need the gateway, in three beats: decide and write down; ask; write down the outcome.
 *
 * No transaction is open while the gateway is asked. Should we die between two beats, the drain goes on from what was
 * written. With an Idempotency-Key, the first beat marks the request as running and the last one keeps its answer; where
 * the gateway has no part in it, the first one keeps it. `assertDone` may refuse what the gateway made of it: that frees
 * the key. Throws: idempotency_in_progress, idempotency_key_reused, what `firstBeat` and `assertDone` do.
 */
export async function actWithGateway(
  ctx: Context,
  event: LogEvent,
  input: BookingActionInput,
  firstBeat: (tx: Tx) => Promise<FirstBeat>,
  assertDone: AssertDone = () => undefined,
): Promise<GatewayAction> {
  const { actor, code } = input;
  return logAction(
    ctx,
    { event, actor, fields: { code } },
    () => runBeats(ctx, firstBeat, assertDone),
    ({ booking, isPending }) => ({ status: booking.status, paymentStage: booking.paymentStage, isPending }),
  );
}

async function runBeats(
  ctx: Context,
  firstBeat: (tx: Tx) => Promise<FirstBeat>,
  assertDone: AssertDone,
): Promise<GatewayAction> {
  const { beat, answer } = await transaction(ctx, async (tx) => {
    const earlier = await claimKey(ctx, tx);
    if (earlier !== null) return earlier;
    const begun = await firstBeat(tx);
    // Where the gateway has no part in it, and in a dry run, this is all that will be seen of it.
    const isAll = begun.operationIds.length === 0 || ctx.request.isDryRun;
    const outcome = isAll ? await readOutcome(ctx, tx, begun, { isPending: false }) : null;
    await recordKey(ctx, tx, begun, outcome);
    return { beat: begun, answer: outcome };
  });
  if (answer !== null) {
    ctx.nudge();
    return answer;
  }
  const isPending = !(await runOperations(ctx, beat.operationIds));
  ctx.nudge();
  const action = await readOutcome(ctx, ctx.db, beat, { isPending });
  if (isPending) return action;
  try {
    assertDone(action);
  } catch (refusal) {
    await freeKey(ctx, beat);
    throw refusal;
  }
  await keepAnswer(ctx, beat, action);
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

async function readOutcome(
  ctx: Context,
  db: Queryable,
  { bookingId, refundIds = [] }: FirstBeat,
  { isPending }: { isPending: boolean },
): Promise<GatewayAction> {
  return { booking: await readBooking(ctx, db, bookingId), isPending, refundIds };
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
  const { requestHash, answerSealed, bookingId, operationIds, refundIds } = kept;
  if (requestHash !== request.requestHash) throw new AppError('idempotency_key_reused');
  if (answerSealed !== null) {
    const answer = openKeptAnswer(ctx, request, { requestHash, answerSealed }) as GatewayAction;
    return { beat: { bookingId: '', operationIds: [] }, answer };
  }
  if (bookingId === null) throw keyBusy();
  await leaseOpen(tx, operationIds);
  request.wasReplayed = true;
  return { beat: { bookingId, operationIds, refundIds }, answer: null };
}

/** Takes what is not settled for us to run. Throws: idempotency_in_progress while somebody else is at it. */
async function leaseOpen(tx: Tx, operationIds: readonly string[]): Promise<void> {
  const open = { id: { in: [...operationIds] }, state: { in: ['PENDING' as const, 'UNKNOWN' as const] } };
  for (const { id } of await tx.gatewayOperation.findMany({ where: open, select: { id: true } })) {
    if (!(await leaseOperation(tx, id))) throw keyBusy();
  }
}

/** Marks the request as running, or keeps its answer where that is known already. */
async function recordKey(ctx: Context, tx: Tx, beat: FirstBeat, answer: GatewayAction | null): Promise<void> {
  const request = ctx.request.idempotency;
  if (request === null || ctx.request.isDryRun) return;
  const { scope, key, requestHash } = request;
  const { bookingId, operationIds, refundIds = [] } = beat;
  const answerSealed = answer === null ? null : sealAnswer(ctx, answer);
  const begun = { bookingId, operationIds: [...operationIds], refundIds: [...refundIds] };
  await tx.idempotencyKey.create({ data: { scope, key, requestHash, answerSealed, ...begun } });
}

async function keepAnswer(ctx: Context, beat: FirstBeat, answer: GatewayAction): Promise<void> {
  const request = ctx.request.idempotency;
  if (request === null) return;
  const data = { answerSealed: sealAnswer(ctx, answer) };
  await ctx.db.idempotencyKey.updateMany({ where: whileRunning(request, beat), data });
}

/** Of a refusal nothing is kept: asked again, it is decided anew. */
async function freeKey(ctx: Context, beat: FirstBeat): Promise<void> {
  const request = ctx.request.idempotency;
  if (request === null) return;
  await ctx.db.idempotencyKey.deleteMany({ where: whileRunning(request, beat) });
  request.wasReplayed = false;
}

/** The key as this beat one has left it: freed and taken again by somebody else meanwhile, it is theirs. */
function whileRunning({ scope, key }: IdempotentRequest, { operationIds }: FirstBeat) {
  return { scope, key, answerSealed: null, operationIds: { equals: [...operationIds] } };
}
