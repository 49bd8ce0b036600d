import type { Context } from '../../context.ts';
import type { Actor } from '../../domain/booking.ts';
import { answerOnce } from '../idempotency/answer-once.ts';
import { logAction } from '../log-action.ts';
import { getProvider } from '../provider/get-provider.ts';
import { hashToken, makeToken } from '../secrets/token.ts';

/**
 * A new secret for the calendar of a provider, shown this once. The one before it opens nothing any more.
 *
 * Throws: not_found.
 */
export async function createCalendarLink(
  ctx: Context,
  input: { propertyId: string; code: string; actor: Actor },
): Promise<{ token: string }> {
  const { propertyId, code, actor } = input;
  return logAction(ctx, { event: 'catalogue/create-calendar-link', actor, fields: { provider: code } }, () =>
    answerOnce(ctx, async (tx) => {
      const { id } = await getProvider(tx, { propertyId, code });
      const token = makeToken();
      await tx.provider.update({ where: { id }, data: { calendarTokenHash: hashToken(token) } });
      return { token };
    }),
  );
}
