import type Stripe from 'stripe';
import type { SandboxObject, StoredSession } from './objects.ts';

export type ShownObject = Exclude<SandboxObject, StoredSession> | Stripe.Checkout.Session;

/**
 * An object as Stripe shows it when nothing is expanded.
 *
 * A session keeps its line items and, from the first attempt, its intent; it shows the items only when asked and
 * the intent only once it is complete.
 */
export function present(object: SandboxObject): ShownObject {
  if (object.object !== 'checkout.session') return object;
  const shown: Partial<StoredSession> = { ...object };
  delete shown.line_items;
  delete shown.payment_intent_data;
  if (object.status !== 'complete') shown.payment_intent = null;
  return shown as Stripe.Checkout.Session;
}
