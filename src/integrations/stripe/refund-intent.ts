import type Stripe from 'stripe';
import type { GatewayIntent } from '../../domain/ports/gateway.ts';
import { assertId } from './ask.ts';
import type { Within } from './ask.ts';
import { readIntent } from './read-intent.ts';

/**
 * Gives money back and answers the intent as it then is.
 *
 * The intent is read first: its payment is written on the refund, so that the refund is known by itself wherever it
 * shows up. What is asked for depends on nothing that changes, so that the same key always goes with the same request.
 */
export async function refundIntent(
  stripe: Stripe,
  within: Within,
  { intentId, amount, refundId, key }: { intentId: string; amount: number; refundId: string; key: string },
): Promise<GatewayIntent> {
  const intent = await stripe.paymentIntents.retrieve(intentId, {}, within());
  assertId(intent);
  const paymentId = intent.metadata['payment_id'];
  const metadata = { refund_id: refundId, ...(paymentId !== undefined && { payment_id: paymentId }) };
  assertId(await stripe.refunds.create({ payment_intent: intentId, amount, metadata }, within(key)));
  return readIntent(stripe, within, intentId);
}
