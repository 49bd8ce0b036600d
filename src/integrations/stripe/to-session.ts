import type Stripe from 'stripe';
import type { GatewaySession, NewSession } from '../../domain/ports/gateway.ts';
import { assertId, idOf } from './call-stripe.ts';
import type { MakeOptions } from './call-stripe.ts';
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

/** Largest difference to Stripe's clock: an hour covers a wrong time zone of a server. */
const CLOCK_DIFFERENCE_SECONDS = 3_600;

/**
 * Finds the session of a payment, or null.
 *
 * Stripe finds no session by metadata, so the sessions with the guest's e-mail address are listed first. Only where none
 * of them belongs to the payment, all sessions since then are listed: the address is no proof of absence.
 */
export async function findSession(
  stripe: Stripe,
  makeOptions: MakeOptions,
  { paymentId, email, madeSince }: { paymentId: string; email: string | null; madeSince: string },
): Promise<GatewaySession | null> {
  const created = { gte: Math.floor(Date.parse(madeSince) / 1_000) - CLOCK_DIFFERENCE_SECONDS };
  const filters = [...(email === null ? [] : [{ created, customer_details: { email } }]), { created }];
  for (const filter of filters) {
    for await (const session of stripe.checkout.sessions.list({ ...filter, limit: 100 }, makeOptions())) {
      if (session.metadata?.['payment_id'] === paymentId) return toSession(session);
      // Throws when the deadline has passed.
      makeOptions();
    }
  }
  return null;
}
