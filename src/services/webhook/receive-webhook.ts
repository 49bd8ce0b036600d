import type { Context } from '../../context.ts';
import { insertWebhookEvent } from '../../db/statements/insert-webhook-event.ts';
import { withRetries } from '../../db/transaction.ts';
import type { GatewayEvent } from '../../domain/ports/gateway.ts';

/** Stores an event of the gateway's, once; what it means is found out afterwards. Answers whether it was new. */
export async function receiveWebhook(ctx: Context, event: GatewayEvent): Promise<boolean> {
  const isNew = await withRetries(() => insertWebhookEvent(ctx.db, event));
  ctx.nudge();
  return isNew;
}
