import type Stripe from 'stripe';
import { refuseState, StripeFailure } from '../http/stripe-failure.ts';
import type { Change } from '../world/change.ts';
import { idOf } from '../world/objects.ts';
import type { World } from '../world/world.ts';
import { draftRefund } from './draft-payment.ts';
import { addTransaction } from './draft-transaction.ts';

export interface CaptureInput {
  readonly amount_to_capture?: number;
  /** Merged into what is there; an empty value removes its key, null all of them. */
  readonly metadata?: Stripe.Metadata | null;
  readonly statement_descriptor?: string;
  readonly statement_descriptor_suffix?: string;
}

/**
 * Takes held money, all of it or `amount_to_capture`; the rest is let go, once and for all.
 *
 * As at Stripe, what is let go counts as refunded on the charge and is a refund in the list, but has no event; and
 * the account takes all of the charge and gives the rest back.
 * Throws: StripeFailure 400 unless the intent is in requires_capture.
 */
export function captureIntent(
  change: Change,
  world: World,
  intent: Stripe.PaymentIntent,
  input: CaptureInput,
): Stripe.PaymentIntent {
  if (intent.status !== 'requires_capture') {
    throw refuseState(
      intent,
      `This PaymentIntent could not be captured because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be captured: requires_capture.`,
    );
  }
  const amount = input.amount_to_capture ?? intent.amount_capturable;
  if (amount > intent.amount_capturable) {
    throw new StripeFailure(
      400,
      `The provided capture amount (${String(amount)}) is greater than the amount the PaymentIntent can capture (${String(intent.amount_capturable)}).`,
      { code: 'amount_too_large', param: 'amount_to_capture' },
    );
  }
  const { statement_descriptor, statement_descriptor_suffix } = { ...intent, ...input };
  const charge = takeCharge(change, world, intent, amount);
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

function takeCharge(
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
 * Lets held money go at the merchant's wish.
 *
 * Throws: StripeFailure 400 unless the intent is in requires_capture: before that a Checkout's intent ends with
 * its session, after that only a refund helps.
 */
export function cancelIntent(
  change: Change,
  world: World,
  intent: Stripe.PaymentIntent,
  reason: Stripe.PaymentIntent['cancellation_reason'],
): Stripe.PaymentIntent {
  if (intent.status === 'requires_payment_method') {
    throw refuseState(
      intent,
      'You cannot cancel this PaymentIntent because it was created by a Checkout Session. Expire the Checkout Session instead.',
    );
  }
  if (intent.status !== 'requires_capture') {
    throw refuseState(
      intent,
      `You cannot cancel this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be canceled: requires_payment_method, requires_capture, requires_confirmation, requires_action, processing.`,
    );
  }
  const charge = releaseCharge(change, world, intent, null);
  change.emit('charge.refunded', charge.after, charge.before);
  return endIntent(change, intent, reason);
}

/** Lets held money go because its time is over. */
export function lapseIntent(change: Change, world: World, intent: Stripe.PaymentIntent): Stripe.PaymentIntent {
  const charge = releaseCharge(change, world, intent, 'expired_uncaptured_charge');
  change.emit('charge.expired', charge.after);
  return endIntent(change, intent, 'automatic');
}

function endIntent(
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

function mergeMetadata(now: Stripe.Metadata, given: Stripe.Metadata | null | undefined): Stripe.Metadata {
  if (given === null) return {};
  return Object.fromEntries(Object.entries({ ...now, ...given }).filter(([, value]) => value !== ''));
}
