import type { RequestContext } from '../../../context.ts';
import type { Tx } from '../../../db/client.ts';
import { transaction } from '../../../db/transaction.ts';
import { claimKey } from './claim-key.ts';
import { storeResponse } from './store-response.ts';
import { createInProgressError } from './stored-response.ts';
import type { Json, StoredResponse } from './stored-response.ts';

/**
 * Runs `work` in a transaction and stores its response; a repeat of the request gets the stored response.
 *
 * Response and effect commit together. A refusal rolls back and releases the key. Without an Idempotency-Key the call
 * is a plain `transaction`.
 * Locks: the key, without waiting, so that a repeat never occupies a connection.
 * Throws: idempotency_in_progress, idempotency_key_reused, the errors of `work`.
 */
export async function answerOnce<T extends Json>(
  ctx: RequestContext,
  stored: StoredResponse<T>,
  work: (tx: Tx) => Promise<NoInfer<T>>,
): Promise<T> {
  return transaction(ctx, async (tx) => {
    const claim = await claimKey(ctx, tx, stored);
    if (claim.kind === 'STORED') return claim.response;
    if (claim.kind === 'RUNNING') throw createInProgressError();
    const response = await work(tx);
    await storeResponse(ctx, tx, stored, response);
    return response;
  });
}
