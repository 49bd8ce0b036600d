import type { Context } from '../../../../context.ts';
import type { WebhookEvent } from '../../../../db/client.ts';
import { isUuid } from '../../../../domain/access/uuid.ts';

export type EventSubject =
  | { readonly kind: 'PAYMENT'; readonly paymentId: string }
  /** An event of another system in the same account. */
  | { readonly kind: 'UNRELATED' }
  /** The gateway did not answer. */
  | { readonly kind: 'UNANSWERED' };

/** Types of events that carry the gateway's payment id, but no metadata of ours. */
const ANONYMOUS = /^(charge\.dispute|refund|charge\.refund)\./;

/**
 * Finds the payment of an event, which may have been unknown when the event arrived.
 *
 * Events of disputes and refunds may arrive before the event that links the intent, so the gateway is queried.
 */
export async function findPaymentOfEvent(ctx: Context, event: WebhookEvent): Promise<EventSubject> {
  if (event.paymentId !== null) return { kind: 'PAYMENT', paymentId: event.paymentId };
  const { intentId } = event;
  if (intentId === null) return { kind: 'UNRELATED' };
  const named = await ctx.db.payment.findFirst({ where: { intentId }, select: { id: true } });
  if (named !== null) return linkEvent(ctx, event, named.id);
  if (!ANONYMOUS.test(event.type)) return { kind: 'UNRELATED' };
  const answer = await ctx.gateway.getIntent(intentId);
  if (answer.kind === 'UNKNOWN') return { kind: 'UNANSWERED' };
  const paymentId = answer.kind === 'DONE' ? (answer.value.paymentId ?? '') : '';
  return isUuid(paymentId) ? linkEvent(ctx, event, paymentId) : { kind: 'UNRELATED' };
}

/** Stores payment and booking on the event, so that staff find the event with the booking. */
async function linkEvent(ctx: Context, event: WebhookEvent, id: string): Promise<EventSubject> {
  const payment = await ctx.db.payment.findUnique({ where: { id } });
  if (payment === null) return { kind: 'UNRELATED' };
  const { bookingId, propertyId } = payment;
  await ctx.db.webhookEvent.update({ where: { id: event.id }, data: { paymentId: id, bookingId, propertyId } });
  return { kind: 'PAYMENT', paymentId: id };
}
