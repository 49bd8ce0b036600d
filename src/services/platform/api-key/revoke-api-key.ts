import type { RequestContext } from '../../../context.ts';
import { readClock } from '../../../db/connection/clock.ts';
import { AppError } from '../../../errors.ts';
import { answerOnce } from '../../core/idempotency/answer-once.ts';
import { logAction } from '../../core/log/log-action.ts';
import { storedApiKey, toApiKeyDetails } from './api-key-details.ts';
import type { ApiKeyDetails } from './api-key-details.ts';

/** Revokes an API key, from the next request on. Idempotent: returns a revoked key unchanged. Throws: not_found. */
export async function revokeApiKey(
  ctx: RequestContext,
  input: { propertyId: string; id: string },
): Promise<ApiKeyDetails> {
  const { propertyId, id } = input;
  return logAction(ctx, { event: 'api-key/revoke', fields: { apiKey: id } }, () =>
    answerOnce(ctx, storedApiKey, async (tx) => {
      await tx.apiKey.updateMany({
        where: { id, propertyId, revokedAt: null },
        data: { revokedAt: await readClock(tx) },
      });
      const row = await tx.apiKey.findFirst({ where: { id, propertyId } });
      if (row === null) throw new AppError('not_found', { detail: 'There is no such key here.' });
      return toApiKeyDetails(row);
    }),
  );
}
