import type { Context } from '../../context.ts';
import type { Actor } from '../../domain/booking.ts';
import { answerOnce } from '../idempotency/answer-once.ts';
import { logAction } from '../log-action.ts';
import { getProvider } from '../provider/get-provider.ts';

/** Closes the calendar of a provider to whoever has its link. False where there was none. Throws: not_found. */
export async function revokeCalendarLink(
  ctx: Context,
  input: { propertyId: string; code: string; actor: Actor },
): Promise<{ revoked: boolean }> {
  const { propertyId, code, actor } = input;
  return logAction(ctx, { event: 'catalogue/revoke-calendar-link', actor, fields: { provider: code } }, () =>
    answerOnce(ctx, async (tx) => {
      const { id } = await getProvider(tx, { propertyId, code });
      const { count } = await tx.provider.updateMany({
        where: { id, calendarTokenHash: { not: null } },
        data: { calendarTokenHash: null },
      });
      return { revoked: count > 0 };
    }),
  );
}
