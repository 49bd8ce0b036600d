import type Stripe from 'stripe';
import { StripeFailure } from '../http/stripe-failure.ts';
import type { Change } from '../world/change.ts';
import { idOf } from '../world/objects.ts';
import type { StoredSession } from '../world/objects.ts';
import type { World } from '../world/world.ts';
import { customerOf } from './create-session.ts';
import { draftCharge, draftIntent } from './draft-payment.ts';
import type { Card } from './draft-payment.ts';
import { addTransaction } from './draft-transaction.ts';

export interface Attempt {
  readonly outcome: 'paid' | 'declined';
  readonly session: StoredSession;
  readonly payment_intent: Stripe.PaymentIntent;
  readonly charge: Stripe.Charge;
}

/**
 * Pays a session: authorizes the card, or captures when the capture method is automatic.
 *
 * A declined card leaves the session open for another attempt with the same payment intent.
 * Throws: StripeFailure 409 unless the session is open.
 */
export function paySession(
  change: Change,
  world: World,
  { session, card, captureWindowSeconds }: { session: StoredSession; card: Card; captureWindowSeconds: number },
): Attempt {
  if (session.status !== 'open') throw new StripeFailure(409, `The session is already ${String(session.status)}.`);
  const intent = findOrCreateIntent(change, world, session);
  const isManualCapture = intent.capture_method === 'manual';
  const attempted = draftCharge(change, intent, {
    card,
    captureBefore: card === 'ok' && isManualCapture ? change.nowSeconds + captureWindowSeconds : null,
    email: session.customer_email,
  });
  const charge = change.put(
    attempted.captured
      ? { ...attempted, balance_transaction: addTransaction(change, 'charge', attempted, attempted.amount).id }
      : attempted,
  );
  return card === 'ok' ? complete(change, session, intent, charge) : decline(change, session, intent, charge);
}

function findOrCreateIntent(change: Change, world: World, session: StoredSession): Stripe.PaymentIntent {
  const id = idOf(session.payment_intent);
  if (id !== null) return world.get('payment_intent', id);
  const intent = draftIntent(change, session);
  change.emit('payment_intent.created', intent);
  return intent;
}

function complete(
  change: Change,
  session: StoredSession,
  intent: Stripe.PaymentIntent,
  charge: Stripe.Charge,
): Attempt {
  const paid = change.put({
    ...intent,
    amount_capturable: charge.captured ? 0 : intent.amount,
    amount_received: charge.amount_captured,
    last_payment_error: null,
    latest_charge: charge.id,
    payment_method: charge.payment_method,
    status: charge.captured ? 'succeeded' : 'requires_capture',
  });
  const completed = change.put({
    ...session,
    customer_details: customerOf(session.customer_email),
    payment_intent: intent.id,
    payment_status: charge.captured ? 'paid' : 'unpaid',
    status: 'complete',
    url: null,
  });
  change.emit('charge.succeeded', charge);
  change.emit(charge.captured ? 'payment_intent.succeeded' : 'payment_intent.amount_capturable_updated', paid);
  change.emit('checkout.session.completed', completed);
  return { outcome: 'paid', session: completed, payment_intent: paid, charge };
}

function decline(change: Change, session: StoredSession, intent: Stripe.PaymentIntent, charge: Stripe.Charge): Attempt {
  const declined = change.put({
    ...intent,
    last_payment_error: {
      advice_code: 'try_again_later',
      charge: charge.id,
      code: 'card_declined',
      decline_code: 'generic_decline',
      doc_url: 'https://docs.stripe.com/error-codes#card-declined',
      message: 'Your card was declined.',
      type: 'card_error',
    },
    latest_charge: charge.id,
    status: 'requires_payment_method',
  });
  const stillOpen = change.put({ ...session, payment_intent: intent.id });
  change.emit('charge.failed', charge);
  change.emit('payment_intent.payment_failed', declined);
  return { outcome: 'declined', session: stillOpen, payment_intent: declined, charge };
}
