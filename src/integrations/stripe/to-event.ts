import type Stripe from 'stripe';
import type { GatewayEvent } from '../../domain/ports/gateway.ts';
import { idOf, toIso } from './ask.ts';

/** Reads the ids out of whatever the event is about. */
export function toEvent(event: Stripe.Event): GatewayEvent {
  const object = event.data.object as {
    object?: string;
    id?: string;
    payment_intent?: unknown;
    charge?: unknown;
    metadata?: Record<string, string> | null;
  };
  const kind = object.object;
  const own = object.id ?? null;
  return {
    id: event.id,
    type: event.type,
    occurredAt: toIso(event.created),
    sessionId: kind === 'checkout.session' ? own : null,
    intentId: kind === 'payment_intent' ? own : idOf(object.payment_intent),
    chargeId: kind === 'charge' ? own : idOf(object.charge),
    disputeId: kind === 'dispute' ? own : null,
    paymentId: object.metadata?.['payment_id'] ?? null,
  };
}
