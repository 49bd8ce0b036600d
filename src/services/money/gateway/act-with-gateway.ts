import { z } from 'zod';
import type { RequestContext } from '../../../context.ts';
import type { Queryable, Tx } from '../../../db/client.ts';
import { transaction } from '../../../db/transaction.ts';
import type { LogEvent } from '../../../domain/ports/log-events.ts';
import { OPEN_STATES } from '../../../domain/money/open-state.ts';
import type { BookingActionInput } from '../../core/booking/act-on-booking.ts';
import { bookingSnapshotSchema } from '../../core/booking/booking-snapshot-schema.ts';
import { readBooking } from '../../core/booking/booking-snapshot.ts';
import { claimKey } from '../../core/idempotency/claim-key.ts';
import { finishRunning, recordRunning, releaseKey, resumeRunning } from '../../core/idempotency/running-request.ts';
import type { FirstPhase } from '../../core/idempotency/running-request.ts';
import { storeResponse } from '../../core/idempotency/store-response.ts';
import { createInProgressError, storedResponse } from '../../core/idempotency/stored-response.ts';
import { logAction } from '../../core/log/log-action.ts';
import { leaseOperation } from '../operation/lease-operation.ts';
import { runOperation } from './run-operation.ts';

const gatewayActionSchema = z
  .object({
    booking: bookingSnapshotSchema,
    /** True while a gateway operation is still open; the booking then shows the current state. */
    isPending: z.boolean(),
    /** Refunds that this action requested. */
    refundIds: z.array(z.string()).readonly(),
  })
  .readonly();
export type GatewayAction = z.output<typeof gatewayActionSchema>;

const storedAction = storedResponse('gateway action', gatewayActionSchema);

/** Throws when the gateway's final outcome differs from the request. */
export type AssertDone = (action: GatewayAction) => void;

/**
 * Runs an action that may need the gateway, in three phases: decide and write, call, record the outcome.
 *
 * No transaction is open during the call. After a crash between two phases the drain continues from the written rows.
 * With an Idempotency-Key, the first phase records the request as running and the last phase stores the response;
 * without gateway operations the first phase stores the response. A refusal by `assertDone` releases the key.
 * Throws: idempotency_in_progress, idempotency_key_reused, errors of `firstPhase` and `assertDone`.
 */
export async function actWithGateway(
  ctx: RequestContext,
  event: LogEvent,
  input: BookingActionInput,
  firstPhase: (tx: Tx) => Promise<FirstPhase>,
  assertDone: AssertDone = () => undefined,
): Promise<GatewayAction> {
  const { code } = input;
  return logAction(
    ctx,
    { event, fields: { code } },
    () => runPhases(ctx, firstPhase, assertDone),
    ({ booking, isPending }) => ({ status: booking.status, paymentStage: booking.paymentStage, isPending }),
  );
}

async function runPhases(
  ctx: RequestContext,
  firstPhase: (tx: Tx) => Promise<FirstPhase>,
  assertDone: AssertDone,
): Promise<GatewayAction> {
  const decided = await transaction(ctx, (tx) => decide(ctx, tx, firstPhase));
  if (decided.kind === 'ANSWERED') {
    ctx.nudge();
    return decided.action;
  }
  const { phase } = decided;
  const isPending = !(await runOperations(ctx, phase.operationIds));
  ctx.nudge();
  const action = await readOutcome(ctx, ctx.db, phase, { isPending });
  if (isPending) return action;
  try {
    assertDone(action);
  } catch (refusal) {
    await releaseKey(ctx, phase);
    throw refusal;
  }
  await finishRunning(ctx, phase, storedAction, action);
  return action;
}

type Decided =
  | { readonly kind: 'ANSWERED'; readonly action: GatewayAction }
  /** The caller runs the leased operations. */
  | { readonly kind: 'RUNNING'; readonly phase: FirstPhase };

/**
 * Runs the first phase, or finds the stored first phase of the key.
 *
 * Throws: idempotency_in_progress, idempotency_key_reused.
 */
async function decide(ctx: RequestContext, tx: Tx, firstPhase: (tx: Tx) => Promise<FirstPhase>): Promise<Decided> {
  const claim = await claimKey(ctx, tx, storedAction);
  if (claim.kind === 'STORED') return { kind: 'ANSWERED', action: claim.response };
  if (claim.kind === 'RUNNING') {
    await leaseOpen(tx, claim.phase.operationIds);
    resumeRunning(ctx);
    return claim;
  }
  const phase = await firstPhase(tx);
  // A dry run rolls back, so no operation may run.
  if (phase.operationIds.length > 0 && !ctx.request.isDryRun) {
    await recordRunning(ctx, tx, phase);
    return { kind: 'RUNNING', phase };
  }
  const action = await readOutcome(ctx, tx, phase, { isPending: false });
  await storeResponse(ctx, tx, storedAction, action);
  return { kind: 'ANSWERED', action };
}

/**
 * Runs the operations of different payments concurrently, and those of one payment in order, as the queue does.
 *
 * Operations after an open operation of a payment are left to the drain.
 * Returns: true when all operations are closed.
 */
async function runOperations(ctx: RequestContext, ids: readonly string[]): Promise<boolean> {
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
  ctx: RequestContext,
  db: Queryable,
  { bookingId, refundIds = [] }: FirstPhase,
  { isPending }: { isPending: boolean },
): Promise<GatewayAction> {
  return { booking: await readBooking(ctx, db, bookingId), isPending, refundIds };
}

/** Leases the open operations. Throws: idempotency_in_progress while another process runs one of the operations. */
async function leaseOpen(tx: Tx, operationIds: readonly string[]): Promise<void> {
  const open = { id: { in: [...operationIds] }, state: { in: [...OPEN_STATES] } };
  for (const { id } of await tx.gatewayOperation.findMany({ where: open, select: { id: true } })) {
    if (!(await leaseOperation(tx, id))) throw createInProgressError();
  }
}
