import type { RequestContext } from '../../../context.ts';
import { readKey } from './claim-key.ts';
import { keyedRequestOf, createInProgressError } from './stored-response.ts';
import type { Json, StoredResponse } from './stored-response.ts';

/**
 * Finds the stored response of the first request with this key; null for the first request.
 *
 * For a request whose repeat would be read differently, or be refused because of the first request's success.
 * Throws: idempotency_in_progress, idempotency_key_reused.
 */
export async function findResponse<T extends Json>(ctx: RequestContext, stored: StoredResponse<T>): Promise<T | null> {
  const request = keyedRequestOf(ctx);
  if (request === null) return null;
  const claim = await readKey(ctx, ctx.db, { stored, request });
  if (claim.kind === 'RUNNING') throw createInProgressError();
  return claim.kind === 'STORED' ? claim.response : null;
}
