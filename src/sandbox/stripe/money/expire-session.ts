import { StripeFailure } from '../http/stripe-failure.ts';
import type { Change } from '../world/change.ts';
import { idOf } from '../world/objects.ts';
import type { StoredSession } from '../world/objects.ts';
import type { World } from '../world/world.ts';

/**
 * Expires an open session and cancels the payment intent of a declined attempt.
 *
 * Throws: StripeFailure 400 unless the session is open.
 */
export function expireSession(change: Change, world: World, session: StoredSession): StoredSession {
  if (session.status !== 'open') {
    throw new StripeFailure(
      400,
      `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of \`${String(session.status)}\`.`,
    );
  }
  const expired = change.put({ ...session, status: 'expired', url: null });
  const intentId = idOf(session.payment_intent);
  if (intentId !== null) {
    const canceled = change.put({
      ...world.get('payment_intent', intentId),
      status: 'canceled',
      canceled_at: change.nowSeconds,
      cancellation_reason: 'expired',
    });
    change.emit('payment_intent.canceled', canceled);
  }
  change.emit('checkout.session.expired', expired);
  return expired;
}
