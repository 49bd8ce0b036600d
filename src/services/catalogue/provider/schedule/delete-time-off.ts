import type { RequestContext } from '../../../../context.ts';
import { AppError } from '../../../../errors.ts';
import { announce } from '../../../core/feed/announce.ts';
import { answerOnce } from '../../../core/idempotency/answer-once.ts';
import { logAction } from '../../../core/log/log-action.ts';
import { getProvider } from '../get-provider.ts';
import { storedTimeOff, toTimeOffDetails } from './time-off-details.ts';
import type { TimeOffDetails } from './time-off-details.ts';

/** Deletes a provider's time off, which puts the time on sale. Returns: the deleted time off. Throws: not_found. */
export async function deleteTimeOff(
  ctx: RequestContext,
  input: { propertyId: string; code: string; id: string },
): Promise<TimeOffDetails> {
  const { propertyId, code, id } = input;
  return logAction(ctx, { event: 'catalogue/delete-time-off', fields: { provider: code, timeOff: id } }, () =>
    answerOnce(ctx, storedTimeOff, async (tx) => {
      const { id: providerId, timezone } = await getProvider(tx, { propertyId, code });
      const row = await tx.timeOff.findFirst({ where: { id, providerId } });
      // The second of two concurrent deletions deletes no row.
      const { count } = await tx.timeOff.deleteMany({ where: { id, providerId } });
      if (row === null || count === 0) throw new AppError('not_found', { detail: `${code} has no such time off.` });
      await announce(tx, { propertyId, type: 'availability_changed', data: {} });
      return toTimeOffDetails(row, timezone);
    }),
  );
}
