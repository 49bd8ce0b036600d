import type { Context } from '../../context.ts';
import type { Actor } from '../../domain/booking.ts';
import { AppError } from '../../errors.ts';
import { announce } from '../feed/announce.ts';
import { answerOnce } from '../idempotency/answer-once.ts';
import { logAction } from '../log-action.ts';
import { getProvider } from '../provider/get-provider.ts';
import { toTimeOffSheet } from './time-off-sheet.ts';
import type { TimeOffSheet } from './time-off-sheet.ts';

/** Puts a provider's time off back on sale. Answers what it was. Throws: not_found. */
export async function deleteTimeOff(
  ctx: Context,
  input: { propertyId: string; code: string; id: string; actor: Actor },
): Promise<TimeOffSheet> {
  const { propertyId, code, id, actor } = input;
  return logAction(ctx, { event: 'catalogue/delete-time-off', actor, fields: { provider: code, timeOff: id } }, () =>
    answerOnce(ctx, async (tx) => {
      const { id: providerId, timezone } = await getProvider(tx, { propertyId, code });
      const row = await tx.timeOff.findFirst({ where: { id, providerId } });
      // Of two who delete it at once, the second finds nothing to delete.
      const { count } = await tx.timeOff.deleteMany({ where: { id, providerId } });
      if (row === null || count === 0) throw new AppError('not_found', { detail: `${code} has no such time off.` });
      await announce(tx, { propertyId, type: 'availability_changed', data: {} });
      return toTimeOffSheet(row, timezone);
    }),
  );
}
