import type { Context } from '../../../../context.ts';
import { insertWebhookEvent } from '../../../../db/statements/insert-webhook-event.ts';
import { withRetries } from '../../../../db/transaction.ts';
import type { GatewayEvent } from '../../../../domain/ports/gateway.ts';

/**
 * Stores a gateway event for later processing.
 *
 * Idempotent: a repeated event is not stored again.
 * Returns: true for a new event.
 */
export async function receiveWebhook(ctx: Context, event: GatewayEvent): Promise<boolean> {
  const isNew = await withRetries(() => insertWebhookEvent(ctx.db, event));
  ctx.nudge();
  return isNew;
}
