import type { Context } from '../../../context.ts';
import type { WebhookEvent } from '../../../db/client.ts';

/** Lists a page of the webhook events received from the gateway about a property's bookings, newest first. */
export async function listWebhookEvents(
  ctx: Context,
  query: {
    propertyId: string;
    bookingCode: string | null;
    state: WebhookEvent['state'] | null;
    before: bigint | null;
    limit: number;
  },
): Promise<{ items: WebhookEvent[]; next: bigint | null }> {
  const { propertyId, bookingCode, state, before, limit } = query;
  const booking =
    bookingCode === null
      ? null
      : await ctx.db.booking.findFirst({ where: { propertyId, code: bookingCode }, select: { id: true } });
  if (bookingCode !== null && booking === null) return { items: [], next: null };
  const rows = await ctx.db.webhookEvent.findMany({
    where: {
      propertyId,
      ...(booking && { bookingId: booking.id }),
      ...(state && { state }),
      ...(before !== null && { id: { lt: before } }),
    },
    orderBy: { id: 'desc' },
    take: limit + 1,
  });
  const items = rows.slice(0, limit);
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}
