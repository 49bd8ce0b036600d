import type Stripe from 'stripe';
import { unexpectedState, StripeFailure } from '../http/stripe-failure.ts';
import type { Change } from '../world/change.ts';
import { idOf } from '../world/objects.ts';
import type { World } from '../world/world.ts';
import { assertDivisible } from './currencies.ts';
import { draftRefund } from './draft-payment.ts';
import { addTransaction } from './draft-transaction.ts';

export interface CaptureInput {
  readonly amount_to_capture?: number;
  /** Merged into the existing metadata; an empty value removes the key, null removes all keys. */
  readonly metadata?: Stripe.Metadata | null;
  readonly statement_descriptor?: string;
  readonly statement_descriptor_suffix?: string;
}

/**
 * Captures an authorization, in full or `amount_to_capture`, and releases the rest for good.
 *
 * As at Stripe, the released part counts as refunded on the charge and is listed as a refund, but has no event. The
 * balance receives the full charge and a `partial_capture_reversal` for the released part.
 * Throws: StripeFailure 400 unless the intent is in requires_capture.
 */
export function captureIntent(
  change: Change,
  world: World,
  intent: Stripe.PaymentIntent,
  input: CaptureInput,
): Stripe.PaymentIntent {
  if (intent.status !== 'requires_capture') {
    throw unexpectedState(
      intent,
      `This PaymentIntent could not be captured because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be captured: requires_capture.`,
    );
  }
  const amount = input.amount_to_capture ?? intent.amount_capturable;
  assertDivisible(amount, intent.currency, 'amount_to_capture');
  if (amount > intent.amount_capturable) {
    throw new StripeFailure(
      400,
      `The provided capture amount (${String(amount)}) is greater than the amount the PaymentIntent can capture (${String(intent.amount_capturable)}).`,
      { code: 'amount_too_large', param: 'amount_to_capture' },
    );
  }
  const { statement_descriptor, statement_descriptor_suffix } = { ...intent, ...input };
  const charge = captureCharge(change, world, intent, amount);
  const captured = change.put({
    ...intent,
    statement_descriptor,
    statement_descriptor_suffix,
    metadata: mergeMetadata(intent.metadata, input.metadata),
    amount_capturable: 0,
    amount_received: amount,
    status: 'succeeded',
  });
  const session = world.sessionOf(intent.id);
  if (session !== undefined) change.put({ ...session, payment_status: 'paid' });
  change.emit('charge.captured', charge.after, charge.before);
  change.emit('payment_intent.succeeded', captured);
  return captured;
}

function captureCharge(
  change: Change,
  world: World,
  intent: Stripe.PaymentIntent,
  amount: number,
): { before: Stripe.Charge; after: Stripe.Charge } {
  const before = world.get('charge', idOf(intent.latest_charge));
  const rest = before.amount - amount;
  const { id: balance_transaction } = addTransaction(change, 'charge', before, before.amount);
  if (rest > 0) {
    const released = draftRefund(change, before, { amount: rest, reason: null });
    const { id } = addTransaction(change, 'partial_capture_reversal', released, -rest);
    change.put({ ...released, balance_transaction: id });
  }
  const after = change.put({
    ...before,
    captured: true,
    amount_captured: amount,
    amount_refunded: rest,
    balance_transaction,
  });
  return { before, after };
}

/**
 * Voids an authorization at the merchant's request.
 *
 * Throws: StripeFailure 400 unless the intent is in requires_capture. An earlier intent is canceled with the checkout
 * session; a captured intent needs a refund.
 */
export function cancelIntent(
  change: Change,
  world: World,
  intent: Stripe.PaymentIntent,
  reason: Stripe.PaymentIntent['cancellation_reason'],
): Stripe.PaymentIntent {
  if (intent.status === 'requires_payment_method') {
    throw unexpectedState(
      intent,
      'You cannot cancel this PaymentIntent because it was created by a Checkout Session. Expire the Checkout Session instead.',
    );
  }
  if (intent.status !== 'requires_capture') {
    throw unexpectedState(
      intent,
      `You cannot cancel this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be canceled: requires_payment_method, requires_capture, requires_confirmation, requires_action, processing.`,
    );
  }
  const charge = releaseCharge(change, world, intent, null);
  change.emit('charge.refunded', charge.after, charge.before);
  return markCanceled(change, intent, reason);
}

/** Voids an authorization after the capture window. */
export function lapseIntent(change: Change, world: World, intent: Stripe.PaymentIntent): Stripe.PaymentIntent {
  const charge = releaseCharge(change, world, intent, 'expired_uncaptured_charge');
  change.emit('charge.expired', charge.after);
  return markCanceled(change, intent, 'automatic');
}

function markCanceled(
  change: Change,
  intent: Stripe.PaymentIntent,
  reason: Stripe.PaymentIntent['cancellation_reason'],
): Stripe.PaymentIntent {
  const canceled = change.put({
    ...intent,
    amount_capturable: 0,
    status: 'canceled',
    canceled_at: change.nowSeconds,
    cancellation_reason: reason,
  });
  change.emit('payment_intent.canceled', canceled);
  return canceled;
}

function releaseCharge(
  change: Change,
  world: World,
  intent: Stripe.PaymentIntent,
  reason: Stripe.Refund['reason'],
): { before: Stripe.Charge; after: Stripe.Charge } {
  const before = world.get('charge', idOf(intent.latest_charge));
  change.put(draftRefund(change, before, { amount: before.amount, reason }));
  const after = change.put({ ...before, amount_refunded: before.amount, refunded: true });
  return { before, after };
}

function mergeMetadata(current: Stripe.Metadata, input: Stripe.Metadata | null | undefined): Stripe.Metadata {
  if (input === null) return {};
  return Object.fromEntries(Object.entries({ ...current, ...input }).filter(([, value]) => value !== ''));
}
