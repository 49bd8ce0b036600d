import type { RequestContext } from '../../../context.ts';
import type { Tx } from '../../../db/client.ts';
import type { IdempotentRequest } from '../../../domain/ports/request-scope.ts';
import { keyedRequestOf, sealRequest, sealResponse } from './stored-response.ts';
import type { Json, StoredResponse } from './stored-response.ts';

// A request that needs the gateway runs in phases. The first phase records its key as running. Later the key is finished
// with the response, or released by a refusal.

/** The decisions of the first phase: the booking, and the operations for the gateway to run. */
export interface FirstPhase {
  readonly bookingId: string;
  readonly operationIds: readonly string[];
  readonly refundIds?: readonly string[];
}

/** Records the request as running, in the transaction of its first phase. Locks: expects the key claimed. */
export async function recordRunning(ctx: RequestContext, tx: Tx, phase: FirstPhase): Promise<void> {
  const request = keyedRequestOf(ctx);
  if (request === null) return;
  const { scope, key } = request;
  const { bookingId, operationIds, refundIds = [] } = phase;
  await tx.idempotencyKey.create({
    data: {
      scope,
      key,
      requestSealed: sealRequest(ctx, request),
      answerSealed: null,
      bookingId,
      operationIds: [...operationIds],
      refundIds: [...refundIds],
    },
  });
}

/** Marks the request as a repeat that resumes the operations of the first request. */
export function resumeRunning(ctx: RequestContext): void {
  const request = keyedRequestOf(ctx);
  if (request !== null) request.wasReplayed = true;
}

/**
 * Stores the response of a running request.
 *
 * Idempotent: changes nothing after another repeat finished or released the key.
 */
export async function finishRunning<T extends Json>(
  ctx: RequestContext,
  phase: FirstPhase,
  stored: StoredResponse<T>,
  response: NoInfer<T>,
): Promise<void> {
  const request = keyedRequestOf(ctx);
  if (request === null) return;
  const data = { answerSealed: sealResponse(ctx, request, stored, response) };
  await ctx.db.idempotencyKey.updateMany({ where: whileRunning(request, phase), data });
}

/** Releases the key of a running request that the gateway refuses: a repeat runs anew. */
export async function releaseKey(ctx: RequestContext, phase: FirstPhase): Promise<void> {
  const request = keyedRequestOf(ctx);
  if (request === null) return;
  await ctx.db.idempotencyKey.deleteMany({ where: whileRunning(request, phase) });
  request.wasReplayed = false;
}

/** Matches the key as this first phase left it, and not a key that was released and claimed again. */
function whileRunning({ scope, key }: IdempotentRequest, { operationIds }: FirstPhase) {
  return { scope, key, answerSealed: null, operationIds: { equals: [...operationIds] } };
}
