import { z } from 'zod';
import type { RequestContext } from '../../../context.ts';
import { answerOnce } from '../../core/idempotency/answer-once.ts';
import { storedResponse } from '../../core/idempotency/stored-response.ts';
import { logAction } from '../../core/log/log-action.ts';
import { getProvider } from '../../catalogue/provider/get-provider.ts';
import { hashToken, makeToken } from '../../core/secrets/token.ts';

const storedLink = storedResponse('calendar link', z.object({ token: z.string() }));

/**
 * Creates the secret link of a provider's calendar and revokes the link before. The token is returned only here.
 *
 * Throws: not_found.
 */
export async function createCalendarLink(
  ctx: RequestContext,
  input: { propertyId: string; code: string },
): Promise<{ token: string }> {
  const { propertyId, code } = input;
  return logAction(ctx, { event: 'catalogue/create-calendar-link', fields: { provider: code } }, () =>
    answerOnce(ctx, storedLink, async (tx) => {
      const { id } = await getProvider(tx, { propertyId, code });
      const token = makeToken();
      await tx.provider.update({ where: { id }, data: { calendarTokenHash: hashToken(token) } });
      return { token };
    }),
  );
}
