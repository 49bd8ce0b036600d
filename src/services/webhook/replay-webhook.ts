import type { Context } from '../../context.ts';
import type { WebhookEvent } from '../../db/client.ts';
import type { Actor } from '../../domain/booking.ts';
import { AppError } from '../../errors.ts';
import { logAction } from '../log-action.ts';
import { processWebhook } from './process-webhook.ts';

/** Has an event processed once more, whatever became of it. Harmless for one that was. Throws: not_found. */
export async function replayWebhook(
  ctx: Context,
  input: { propertyId: string; id: bigint; actor: Actor },
): Promise<WebhookEvent> {
  const { propertyId, id, actor } = input;
  return logAction(ctx, { event: 'webhook/replay', actor, fields: { webhookEvent: String(id) } }, async () => {
    const { count } = await ctx.db.webhookEvent.updateMany({
      where: { id, propertyId },
      data: { state: 'RECEIVED', attempts: 0, leasedUntil: null },
    });
    if (count === 0) throw new AppError('not_found', { detail: 'There is no such event.' });
    await processWebhook(ctx, id);
    return ctx.db.webhookEvent.findUniqueOrThrow({ where: { id } });
  });
}
