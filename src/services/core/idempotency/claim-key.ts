import type { RequestContext } from '../../../context.ts';
import type { Tx } from '../../../db/client.ts';
import type { IdempotentRequest } from '../../../domain/ports/request-scope.ts';
import type { FirstPhase } from './running-request.ts';
import { assertSameRequest, keyedRequestOf, replayResponse, createInProgressError } from './stored-response.ts';
import type { Json, StoredResponse } from './stored-response.ts';

/** The state of the first request with a key. */
export type Claim<T extends Json> =
  | { readonly kind: 'FIRST' }
  | { readonly kind: 'STORED'; readonly response: T }
  /** The first phase is committed; gateway operations are open, or the response is not stored yet. */
  | { readonly kind: 'RUNNING'; readonly phase: FirstPhase };

/**
 * Claims the request's idempotency key until the transaction ends; without a key, every request is the first.
 *
 * Locks: the key, before every other lock and without waiting, so that a repeat never occupies a connection.
 * Throws: idempotency_in_progress, idempotency_key_reused.
 */
export async function claimKey<T extends Json>(
  ctx: RequestContext,
  tx: Tx,
  stored: StoredResponse<T>,
): Promise<Claim<T>> {
  const request = keyedRequestOf(ctx);
  if (request === null) return { kind: 'FIRST' };
  if (!(await tryLockKey(tx, request))) throw createInProgressError();
  return readKey(ctx, tx, { stored, request });
}

/** Reads the state of the first request with a key. Throws: idempotency_in_progress, idempotency_key_reused. */
export async function readKey<T extends Json>(
  ctx: RequestContext,
  db: Pick<Tx, 'idempotencyKey'>,
  { stored, request }: { readonly stored: StoredResponse<T>; readonly request: IdempotentRequest },
): Promise<Claim<T>> {
  const { scope, key } = request;
  const row = await db.idempotencyKey.findUnique({ where: { scope_key: { scope, key } } });
  if (row === null) return { kind: 'FIRST' };
  assertSameRequest(ctx, request, row);
  const { answerSealed, bookingId, operationIds, refundIds } = row;
  if (answerSealed !== null)
    return { kind: 'STORED', response: replayResponse(ctx, stored, { request, answerSealed }) };
  if (bookingId === null) throw createInProgressError();
  return { kind: 'RUNNING', phase: { bookingId, operationIds, refundIds } };
}

/** Takes the advisory lock of a key, which the booking statement takes too (`db/statements/booking-row.ts`). */
async function tryLockKey(tx: Tx, { scope, key }: IdempotentRequest): Promise<boolean> {
  const rows = await tx.$queryRaw<{ is_mine: boolean }[]>`
    SELECT pg_try_advisory_xact_lock(hashtextextended(${scope}::text || ' ' || ${key}::text, 0)) AS is_mine`;
  return rows[0]?.is_mine === true;
}
