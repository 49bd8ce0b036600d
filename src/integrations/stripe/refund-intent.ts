import type Stripe from 'stripe';
import type { GatewayIntent } from '../../domain/ports/gateway.ts';
import { assertId } from './call-stripe.ts';
import type { MakeOptions } from './call-stripe.ts';
import { readIntent } from './read-intent.ts';
import { toStripeAmount } from './stripe-amount.ts';

/**
 * Refunds an intent and returns the new state of the intent.
 *
 * Reads the intent first to copy the payment id to the refund, so that every report on the refund names the payment.
 * Idempotent: all parameters are constant, so that a key always comes with equal parameters.
 */
export async function refundIntent(
  stripe: Stripe,
  makeOptions: MakeOptions,
  input: { intentId: string; amount: number; currency: string; refundId: string; key: string },
): Promise<GatewayIntent> {
  const { intentId, refundId, key } = input;
  const amount = toStripeAmount(input.amount, input.currency);
  const intent = await stripe.paymentIntents.retrieve(intentId, {}, makeOptions());
  assertId(intent);
  const paymentId = intent.metadata['payment_id'];
  const metadata = { refund_id: refundId, ...(paymentId !== undefined && { payment_id: paymentId }) };
  assertId(await stripe.refunds.create({ payment_intent: intentId, amount, metadata }, makeOptions(key)));
  return readIntent(stripe, makeOptions, intentId);
}
