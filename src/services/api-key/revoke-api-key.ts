import type { Context } from '../../context.ts';
import { readClock } from '../../db/clock.ts';
import type { Actor } from '../../domain/booking.ts';
import { AppError } from '../../errors.ts';
import { answerOnce } from '../idempotency/answer-once.ts';
import { logAction } from '../log-action.ts';
import { toApiKeySheet } from './api-key-sheet.ts';
import type { ApiKeySheet } from './api-key-sheet.ts';

/** Ends a key, from the next request on. One that has ended is answered as it is. Throws: not_found. */
export async function revokeApiKey(
  ctx: Context,
  input: { propertyId: string; id: string; actor: Actor },
): Promise<ApiKeySheet> {
  const { propertyId, id, actor } = input;
  return logAction(ctx, { event: 'api-key/revoke', actor, fields: { apiKey: id } }, () =>
    answerOnce(ctx, async (tx) => {
      await tx.apiKey.updateMany({
        where: { id, propertyId, revokedAt: null },
        data: { revokedAt: await readClock(tx) },
      });
      const row = await tx.apiKey.findFirst({ where: { id, propertyId } });
      if (row === null) throw new AppError('not_found', { detail: 'There is no such key here.' });
      return toApiKeySheet(row);
    }),
  );
}
