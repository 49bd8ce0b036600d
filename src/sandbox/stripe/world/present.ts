import type Stripe from 'stripe';
import type { SandboxObject, StoredSession } from './objects.ts';

export type ShownObject = Exclude<SandboxObject, StoredSession> | Stripe.Checkout.Session;

/**
 * Returns the public form of an object, without expansion.
 *
 * A session shows line items only on expansion, and the payment intent only when complete.
 */
export function present(object: SandboxObject): ShownObject {
  if (object.object !== 'checkout.session') return object;
  const shown: Partial<StoredSession> = { ...object };
  delete shown.line_items;
  delete shown.payment_intent_data;
  if (object.status !== 'complete') shown.payment_intent = null;
  return shown as Stripe.Checkout.Session;
}
