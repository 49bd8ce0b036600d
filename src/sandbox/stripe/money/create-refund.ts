import type Stripe from 'stripe';
import { invalidParameter, unexpectedState, unknownId, StripeFailure } from '../http/stripe-failure.ts';
import type { Change } from '../world/change.ts';
import { idOf } from '../world/objects.ts';
import type { World } from '../world/world.ts';
import { assertDivisible } from './currencies.ts';
import { draftRefund } from './draft-payment.ts';
import { addTransaction } from './draft-transaction.ts';

export interface RefundInput {
  readonly payment_intent?: string;
  readonly charge?: string;
  readonly amount?: number;
  readonly reason?: 'duplicate' | 'fraudulent' | 'requested_by_customer';
  readonly metadata?: Stripe.Metadata | null;
  /** Only for the control API: `pending` simulates a slow bank. */
  readonly status?: 'pending' | 'succeeded';
}

/**
 * Refunds a captured charge; the refunds of a charge never exceed the captured amount.
 *
 * Throws: StripeFailure when the charge cannot be refunded, or not by this amount.
 */
export function createRefund(change: Change, world: World, input: RefundInput): Stripe.Refund {
  const charge = findRefundableCharge(world, input);
  const left = charge.amount - charge.amount_refunded;
  if (left === 0) {
    throw new StripeFailure(400, `Charge ${charge.id} has already been refunded.`, { code: 'charge_already_refunded' });
  }
  if (
    charge.disputed &&
    !world.list('dispute').some((dispute) => dispute.charge === charge.id && dispute.is_charge_refundable)
  ) {
    throw new StripeFailure(400, `Charge ${charge.id} has been charged back; cannot issue a refund.`, {
      code: 'charge_disputed',
    });
  }
  const amount = input.amount ?? left;
  assertDivisible(amount, charge.currency, 'amount');
  if (amount > left) {
    throw new StripeFailure(
      400,
      `Refund amount (${String(amount)}) is greater than unrefunded amount on charge (${String(left)})`,
      { code: 'amount_too_large', param: 'amount' },
    );
  }
  const refunded = change.put({
    ...charge,
    amount_refunded: charge.amount_refunded + amount,
    refunded: amount === left,
  });
  return recordRefund(change, { before: charge, after: refunded }, amount, input);
}

/** Records a refund and emits the events. `refund.updated` carries the bank's reference, which arrives after creation. */
function recordRefund(
  change: Change,
  charge: { before: Stripe.Charge; after: Stripe.Charge },
  amount: number,
  input: RefundInput,
): Stripe.Refund {
  const { reason = null, metadata, status = 'succeeded' } = input;
  const drafted = draftRefund(change, charge.after, { amount, reason, metadata: metadata ?? {} });
  const { id: balance_transaction } = addTransaction(change, 'refund', drafted, -amount);
  const refund = change.put({ ...drafted, status, balance_transaction });
  change.emit('refund.created', refund);
  change.emit('charge.refunded', charge.after, charge.before);
  if (status === 'succeeded') change.emit('refund.updated', change.put({ ...refund, ...REFERENCED }), refund);
  return refund;
}

const REFERENCED: Pick<Stripe.Refund, 'destination_details'> = {
  destination_details: {
    type: 'card',
    card: {
      type: 'refund',
      reference: '4242424242424242',
      reference_status: 'available',
      reference_type: 'acquirer_reference_number',
    },
  },
};

/** Completes a pending refund. Throws: StripeFailure 409 unless pending. */
export function succeedRefund(change: Change, refund: Stripe.Refund): Stripe.Refund {
  if (refund.status !== 'pending') throw new StripeFailure(409, `The refund is already ${String(refund.status)}.`);
  const succeeded = change.put({ ...refund, ...REFERENCED, status: 'succeeded' });
  change.emit('charge.refund.updated', succeeded, refund);
  change.emit('refund.updated', succeeded, refund);
  return succeeded;
}

/**
 * Reverses a refund that the bank rejected: the amount returns to the merchant.
 *
 * Throws: StripeFailure 409 for a failed refund, and for the released part of an authorization, which was never paid.
 */
export function failRefund(change: Change, world: World, refund: Stripe.Refund): Stripe.Refund {
  if (refund.status !== 'succeeded' && refund.status !== 'pending') {
    throw new StripeFailure(409, `The refund is already ${String(refund.status)}.`);
  }
  const line = world.find('balance_transaction', idOf(refund.balance_transaction) ?? '');
  if (line?.reporting_category === 'partial_capture_reversal') {
    throw new StripeFailure(409, 'This refund is the released part of a partial capture.');
  }
  const charge = world.get('charge', idOf(refund.charge));
  if (!charge.captured) throw new StripeFailure(409, 'This refund is a released authorization.');
  change.put({ ...charge, amount_refunded: charge.amount_refunded - refund.amount, refunded: false });
  const failed = change.put({
    ...refund,
    status: 'failed',
    failure_reason: 'expired_or_canceled_card',
    failure_balance_transaction: addTransaction(change, 'refund_failure', refund, refund.amount).id,
  });
  change.emit('charge.refund.updated', failed, refund);
  change.emit('refund.updated', failed, refund);
  change.emit('refund.failed', failed);
  return failed;
}

function findRefundableCharge(
  world: World,
  { payment_intent: intentId, charge: chargeId }: RefundInput,
): Stripe.Charge {
  if (chargeId !== undefined) {
    const charge = world.find('charge', chargeId);
    if (charge === undefined) throw unknownId('charge', chargeId, 'charge');
    return assertCaptured(world, charge);
  }
  if (intentId === undefined) {
    throw invalidParameter(
      'One of the following params should be provided for this request: payment_intent or charge.',
      'parameter_missing',
      'payment_intent',
    );
  }
  const intent = world.find('payment_intent', intentId);
  if (intent === undefined) throw unknownId('payment_intent', intentId, 'payment_intent');
  const id = idOf(intent.latest_charge);
  if (id === null) throw unexpectedState(intent, withoutCharge(intent));
  return assertCaptured(world, world.get('charge', id));
}

function assertCaptured(world: World, charge: Stripe.Charge): Stripe.Charge {
  if (charge.captured) return charge;
  const intent = world.get('payment_intent', idOf(charge.payment_intent));
  throw unexpectedState(intent, withoutCharge(intent));
}

function withoutCharge(intent: Stripe.PaymentIntent): string {
  return `This PaymentIntent (${intent.id}) does not have a successful charge to refund.`;
}
