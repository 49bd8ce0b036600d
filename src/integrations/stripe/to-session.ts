import type Stripe from 'stripe';
import type { GatewaySession, NewSession } from '../../domain/ports/gateway.ts';
import { assertId, idOf } from './call-stripe.ts';
import { toStripeAmount } from './stripe-amount.ts';

/** Builds the parameters of a checkout session that authorizes only. */
export function toSessionParams(session: NewSession): Stripe.Checkout.SessionCreateParams {
  const metadata = { booking_code: session.bookingCode, payment_id: session.paymentId };
  return {
    mode: 'payment',
    line_items: [
      {
        quantity: 1,
        price_data: {
          currency: session.currency.toLowerCase(),
          unit_amount: toStripeAmount(session.amount, session.currency),
          product_data: { name: session.description },
        },
      },
    ],
    // Manual capture and `capture_before` exist for cards; amounts are compared in the booking's currency.
    allowed_payment_method_types: ['card'],
    adaptive_pricing: { enabled: false },
    payment_intent_data: { capture_method: 'manual', metadata },
    metadata,
    client_reference_id: session.bookingCode,
    ...(session.email !== null && { customer_email: session.email }),
    expires_at: Math.floor(Date.parse(session.expiresAt) / 1_000),
    success_url: session.successUrl,
    cancel_url: session.cancelUrl,
  };
}

/** Converts a checkout session of Stripe. */
export function toSession(session: Stripe.Checkout.Session): GatewaySession {
  assertId(session);
  const { id, url, status, payment_intent: intent, metadata } = session;
  const known = (['complete', 'expired'] as const).find((final) => final === status) ?? 'open';
  return { id, url, status: known, intentId: idOf(intent), paymentId: metadata?.['payment_id'] ?? null };
}
