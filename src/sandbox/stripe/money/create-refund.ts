import type Stripe from 'stripe';
import { refuseParameter, refuseState, refuseUnknown, StripeFailure } from '../http/stripe-failure.ts';
import type { Change } from '../world/change.ts';
import { idOf } from '../world/objects.ts';
import type { World } from '../world/world.ts';
import { draftRefund } from './draft-payment.ts';
import { addTransaction } from './draft-transaction.ts';

export interface RefundInput {
  readonly payment_intent?: string;
  readonly charge?: string;
  readonly amount?: number;
  readonly reason?: 'duplicate' | 'fraudulent' | 'requested_by_customer';
  readonly metadata?: Stripe.Metadata | null;
  /** Not for merchants to choose: the bank may take its time. */
  readonly status?: 'pending' | 'succeeded';
}

/**
 * Gives captured money back; refunds of one charge never add up to more than was captured.
 *
 * Throws: StripeFailure when there is nothing (left) to give back, or less than asked for.
 */
export function createRefund(change: Change, world: World, input: RefundInput): Stripe.Refund {
  const charge = findRefundableCharge(world, input);
  const left = charge.amount - charge.amount_refunded;
  if (left === 0) {
    throw new StripeFailure(400, `Charge ${charge.id} has already been refunded.`, { code: 'charge_already_refunded' });
  }
  if (charge.disputed && !world.list('dispute').some((one) => one.charge === charge.id && one.is_charge_refundable)) {
    throw new StripeFailure(400, `Charge ${charge.id} has been charged back; cannot issue a refund.`, {
      code: 'charge_disputed',
    });
  }
  const amount = input.amount ?? left;
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
  return tellRefund(change, { before: charge, after: refunded }, amount, input);
}

/** Created at once; the bank's reference follows, a moment later or with its word, which is what refund.updated tells. */
function tellRefund(
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

/** The bank took a refund that was under way. Throws: StripeFailure 409 for one that is not. */
export function succeedRefund(change: Change, refund: Stripe.Refund): Stripe.Refund {
  if (refund.status !== 'pending') throw new StripeFailure(409, `This refund is ${String(refund.status)}.`);
  const succeeded = change.put({ ...refund, ...REFERENCED, status: 'succeeded' });
  change.emit('charge.refund.updated', succeeded, refund);
  change.emit('refund.updated', succeeded, refund);
  return succeeded;
}

/**
 * Undoes a refund the bank would not take: the money is the merchant's again.
 *
 * Throws: StripeFailure 409 for one that failed, and for what was let go: nobody had paid that.
 */
export function failRefund(change: Change, world: World, refund: Stripe.Refund): Stripe.Refund {
  if (refund.status !== 'succeeded' && refund.status !== 'pending') {
    throw new StripeFailure(409, `This refund is ${String(refund.status)}.`);
  }
  const line = world.find('balance_transaction', idOf(refund.balance_transaction) ?? '');
  if (line?.reporting_category === 'partial_capture_reversal') {
    throw new StripeFailure(409, 'This is what a smaller capture let go.');
  }
  const charge = world.get('charge', idOf(refund.charge));
  if (!charge.captured) throw new StripeFailure(409, 'This is money that was held and let go.');
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
    if (charge === undefined) throw refuseUnknown('charge', chargeId, 'charge');
    return assertCaptured(world, charge);
  }
  if (intentId === undefined) {
    throw refuseParameter(
      'One of the following params should be provided for this request: payment_intent or charge.',
      'parameter_missing',
      'payment_intent',
    );
  }
  const intent = world.find('payment_intent', intentId);
  if (intent === undefined) throw refuseUnknown('payment_intent', intentId, 'payment_intent');
  const id = idOf(intent.latest_charge);
  if (id === null) throw refuseState(intent, withoutCharge(intent));
  return assertCaptured(world, world.get('charge', id));
}

function assertCaptured(world: World, charge: Stripe.Charge): Stripe.Charge {
  if (charge.captured) return charge;
  const intent = world.get('payment_intent', idOf(charge.payment_intent));
  throw refuseState(intent, withoutCharge(intent));
}

function withoutCharge(intent: Stripe.PaymentIntent): string {
  return `This PaymentIntent (${intent.id}) does not have a successful charge to refund.`;
}
