import { z } from 'zod';
import type { RequestContext } from '../../../context.ts';
import { answerOnce } from '../../core/idempotency/answer-once.ts';
import { storedResponse } from '../../core/idempotency/stored-response.ts';
import { logAction } from '../../core/log/log-action.ts';
import { getProvider } from '../../catalogue/provider/get-provider.ts';

const storedOutcome = storedResponse('revoked calendar link', z.object({ revoked: z.boolean() }));

/** Revokes the secret link of a provider's calendar. Throws: not_found. Returns: false when no link existed. */
export async function revokeCalendarLink(
  ctx: RequestContext,
  input: { propertyId: string; code: string },
): Promise<{ revoked: boolean }> {
  const { propertyId, code } = input;
  return logAction(ctx, { event: 'catalogue/revoke-calendar-link', fields: { provider: code } }, () =>
    answerOnce(ctx, storedOutcome, async (tx) => {
      const { id } = await getProvider(tx, { propertyId, code });
      const { count } = await tx.provider.updateMany({
        where: { id, calendarTokenHash: { not: null } },
        data: { calendarTokenHash: null },
      });
      return { revoked: count > 0 };
    }),
  );
}
