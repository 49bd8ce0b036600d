import type { RequestContext } from '../../../context.ts';
import type { Tx } from '../../../db/client.ts';
import { keyedRequestOf, sealRequest, sealResponse } from './stored-response.ts';
import type { Json, StoredResponse } from './stored-response.ts';

/** Stores the response in the transaction of its effect. Locks: expects the key claimed. */
export async function storeResponse<T extends Json>(
  ctx: RequestContext,
  tx: Tx,
  stored: StoredResponse<T>,
  response: NoInfer<T>,
): Promise<void> {
  const request = keyedRequestOf(ctx);
  if (request === null) return;
  const { scope, key } = request;
  const requestSealed = sealRequest(ctx, request);
  const answerSealed = sealResponse(ctx, request, stored, response);
  await tx.idempotencyKey.create({ data: { scope, key, requestSealed, answerSealed } });
}
