import type { RequestContext } from '../../../context.ts';
import type { BookingRow, InsertOutcome } from '../../../db/statements/booking-row.ts';
import {
  assertSameRequest,
  keyedRequestOf,
  replayResponse,
  sealRequest,
  sealResponse,
  createInProgressError,
} from './stored-response.ts';
import type { Json, StoredResponse } from './stored-response.ts';

// The booking statement claims the key and stores the response, so that a booking is one round trip.

/** Makes the row to store under the request's key; null when the request stores none. */
export function toStatementKey<T extends Json>(
  ctx: RequestContext,
  stored: StoredResponse<T>,
  response: NoInfer<T>,
): BookingRow<unknown>['idempotency'] {
  const request = keyedRequestOf(ctx);
  if (request === null) return null;
  const { scope, key } = request;
  const answer_sealed = sealResponse(ctx, request, stored, response);
  return { scope, key, request_sealed: sealRequest(ctx, request), answer_sealed };
}

/**
 * Replays the response that the statement found under the request's key; null without one.
 *
 * Throws: idempotency_in_progress, idempotency_key_reused.
 */
export function replayFromStatement<T extends Json>(
  ctx: RequestContext,
  stored: StoredResponse<T>,
  { isKeyBusy, earlier }: InsertOutcome,
): T | null {
  if (isKeyBusy) throw createInProgressError();
  const request = keyedRequestOf(ctx);
  if (request === null || earlier === null) return null;
  assertSameRequest(ctx, request, earlier);
  return replayResponse(ctx, stored, { request, answerSealed: earlier.answerSealed });
}
