import { assertPage } from '../call-stripe.ts';
import { connectStripe } from '../connect-stripe.ts';
import type { StripeAccount } from '../connect-stripe.ts';

/** Events that the webhook endpoint at Stripe subscribes to. Each makes Holdfast read the payment or dispute anew. */
export const WEBHOOK_EVENTS = [
  'checkout.session.completed',
  'checkout.session.expired',
  'payment_intent.amount_capturable_updated',
  'payment_intent.succeeded',
  'payment_intent.canceled',
  'payment_intent.payment_failed',
  'charge.refunded',
  'refund.updated',
  'refund.failed',
  'charge.dispute.created',
  'charge.dispute.updated',
  'charge.dispute.closed',
] as const;

/** Paths of the endpoint, below the server's base URL: ours, and the one that HotelMate had. */
const PATHS = ['/api/v1/webhooks/stripe', '/api/public/hotel/room-bookings/stripe-webhook'] as const;

/**
 * Checks that an enabled webhook endpoint at Stripe sends every needed event to a server.
 *
 * Returns: null when one does, else the problem as a sentence.
 */
export async function findEndpointProblem(account: StripeAccount, serverUrl: string): Promise<string | null> {
  const urls = PATHS.map((path) => serverUrl + path);
  const url = serverUrl + PATHS[0];
  // An account has up to 16 endpoints.
  const page = await connectStripe(account).webhookEndpoints.list({ limit: 100 });
  assertPage(page);
  const endpoints = page.data.filter((endpoint) => urls.includes(endpoint.url.replace(/\/$/, '')));
  if (endpoints.length === 0) return `Stripe has no webhook endpoint for ${url}`;
  const enabled = endpoints.filter(({ status }) => status === 'enabled');
  if (enabled.length === 0) return `the webhook endpoint for ${url} is disabled`;
  const sent = new Set(enabled.flatMap((endpoint) => endpoint.enabled_events));
  const missing = sent.has('*') ? [] : WEBHOOK_EVENTS.filter((event) => !sent.has(event));
  return missing.length === 0 ? null : `the webhook endpoint does not subscribe to ${missing.join(', ')}`;
}
