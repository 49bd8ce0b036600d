import type { Context } from '../../context.ts';
import type { WebhookEvent } from '../../db/client.ts';
import { isUuid } from '../../domain/uuid.ts';

export type EventSubject =
  | { readonly kind: 'PAYMENT'; readonly paymentId: string }
  /** Another system's: nothing is to be done. */
  | { readonly kind: 'STRANGER' }
  /** The gateway has not said whose it is. */
  | { readonly kind: 'UNANSWERED' };

/** What these are about carries nothing of ours, only the gateway's name of the payment. */
const ANONYMOUS = /^(charge\.dispute|refund|charge\.refund)\./;

/**
 * The payment an event is about, which may not have been known by its name when the event came.
 *
 * Of a dispute or a refund the gateway is asked whose payment it is, because that news may come before any that names it.
 */
export async function findPaymentOfEvent(ctx: Context, event: WebhookEvent): Promise<EventSubject> {
  if (event.paymentId !== null) return { kind: 'PAYMENT', paymentId: event.paymentId };
  const { intentId } = event;
  if (intentId === null) return { kind: 'STRANGER' };
  const named = await ctx.db.payment.findFirst({ where: { intentId }, select: { id: true } });
  if (named !== null) return link(ctx, event, named.id);
  if (!ANONYMOUS.test(event.type)) return { kind: 'STRANGER' };
  const answer = await ctx.gateway.getIntent(intentId);
  if (answer.kind === 'UNKNOWN') return { kind: 'UNANSWERED' };
  const paymentId = answer.kind === 'DONE' ? (answer.value.paymentId ?? '') : '';
  return isUuid(paymentId) ? link(ctx, event, paymentId) : { kind: 'STRANGER' };
}

/** Notes on the event whose it is, so that staff find it with the booking. */
async function link(ctx: Context, event: WebhookEvent, id: string): Promise<EventSubject> {
  const payment = await ctx.db.payment.findUnique({ where: { id } });
  if (payment === null) return { kind: 'STRANGER' };
  const { bookingId, propertyId } = payment;
  await ctx.db.webhookEvent.update({ where: { id: event.id }, data: { paymentId: id, bookingId, propertyId } });
  return { kind: 'PAYMENT', paymentId: id };
}
