import type { RequestContext } from '../../../../context.ts';
import type { WebhookEvent } from '../../../../db/client.ts';
import { AppError } from '../../../../errors.ts';
import { logAction } from '../../../core/log/log-action.ts';
import { processWebhook } from './process-webhook.ts';

/** Processes an event again, in any state. Idempotent: a processed event changes nothing. Throws: not_found. */
export async function replayWebhook(
  ctx: RequestContext,
  input: { propertyId: string; id: bigint },
): Promise<WebhookEvent> {
  const { propertyId, id } = input;
  return logAction(ctx, { event: 'webhook/replay', fields: { webhookEvent: String(id) } }, async () => {
    const { count } = await ctx.db.webhookEvent.updateMany({
      where: { id, propertyId },
      data: { state: 'RECEIVED', attempts: 0, leasedUntil: null },
    });
    if (count === 0) throw new AppError('not_found', { detail: 'There is no such event.' });
    await processWebhook(ctx, id);
    return ctx.db.webhookEvent.findUniqueOrThrow({ where: { id } });
  });
}
