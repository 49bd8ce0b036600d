import { z } from 'zod';
import type { GatewayEvent } from '../../../domain/ports/gateway.ts';
import { idOf, toIso } from '../call-stripe.ts';

/** Visible ASCII, as all of Stripe's ids are. Postgres refuses U+0000, and Stripe would repeat the event for days. */
const id = z.string().regex(/^[\x21-\x7e]{1,255}$/);
/** Seconds since 1970, until 2099: later instants have no text that Postgres reads. */
const created = z.number().min(0).max(4_102_444_799);

const eventSchema = z.object({
  id,
  type: id,
  created,
  data: z.object({
    object: z.looseObject({
      object: z.unknown().optional(),
      id: z.unknown().optional(),
      payment_intent: z.unknown().optional(),
      charge: z.unknown().optional(),
      metadata: z.unknown().optional(),
    }),
  }),
});

const metadataSchema = z.looseObject({ payment_id: z.unknown().optional() });

/** Converts an event of Stripe to the ids of the objects concerned. Throws: when it is no event that Stripe would send. */
export function toEvent(received: unknown): GatewayEvent {
  const event = eventSchema.parse(received);
  const { object } = event.data;
  const isOf = (kind: string) => object.object === kind;
  const metadata = metadataSchema.safeParse(object.metadata);
  return {
    id: event.id,
    type: event.type,
    occurredAt: toIso(event.created),
    sessionId: isOf('checkout.session') ? readId(object.id) : null,
    intentId: readId(isOf('payment_intent') ? object.id : idOf(object.payment_intent)),
    chargeId: readId(isOf('charge') ? object.id : idOf(object.charge)),
    disputeId: isOf('dispute') ? readId(object.id) : null,
    paymentId: metadata.success ? readId(metadata.data.payment_id) : null,
  };
}

/** Returns a valid id, or null: an event about an object with another id concerns no payment of ours. */
function readId(value: unknown): string | null {
  const parsed = id.safeParse(value);
  return parsed.success ? parsed.data : null;
}
