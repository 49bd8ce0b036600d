import type Stripe from 'stripe';
import type { GatewaySession, NewSession } from '../../domain/ports/gateway.ts';
import { assertId, idOf } from './ask.ts';

/** A checkout that authorizes only. */
export function toSessionParams(session: NewSession): Stripe.Checkout.SessionCreateParams {
  const metadata = { booking_code: session.bookingCode, payment_id: session.paymentId };
  return {
    mode: 'payment',
    line_items: [
      {
        quantity: 1,
        price_data: {
          currency: session.currency.toLowerCase(),
          unit_amount: session.amount,
          product_data: { name: session.description },
        },
      },
    ],
    payment_intent_data: { capture_method: 'manual', metadata },
    metadata,
    client_reference_id: session.bookingCode,
    customer_email: session.email,
    expires_at: Math.floor(Date.parse(session.expiresAt) / 1_000),
    success_url: session.successUrl,
    cancel_url: session.cancelUrl,
  };
}

export function toSession(session: Stripe.Checkout.Session): GatewaySession {
  assertId(session);
  const { id, url, status, payment_intent: intent, metadata } = session;
  const known = (['complete', 'expired'] as const).find((end) => end === status) ?? 'open';
  return { id, url, status: known, intentId: idOf(intent), paymentId: metadata?.['payment_id'] ?? null };
}
