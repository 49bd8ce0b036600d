import type Stripe from 'stripe';
import { StripeFailure } from '../http/stripe-failure.ts';
import type { Change } from '../world/change.ts';
import { makeId } from '../world/objects.ts';
import { assertDivisible } from './currencies.ts';
import { addTransaction } from './draft-transaction.ts';

/** Time for the merchant's evidence; within Stripe's 7 to 21 days. */
const ANSWER_SECONDS = 9 * 24 * 3600;

/**
 * Opens a cardholder's dispute and withdraws the unrefunded part of the charge, or `amount`.
 *
 * `amount` may exceed the unrefunded part: cardholders dispute refunded charges too.
 * Throws: StripeFailure 409 for an uncaptured or disputed charge, and for an amount outside the captured amount.
 */
export function openDispute(
  change: Change,
  charge: Stripe.Charge,
  {
    reason,
    amount = charge.amount - charge.amount_refunded,
    isInquiry = false,
  }: { reason: string; amount?: number; isInquiry?: boolean },
): Stripe.Dispute {
  if (!charge.captured) throw new StripeFailure(409, 'Only a captured charge can be disputed.');
  if (charge.disputed) throw new StripeFailure(409, 'The charge is already disputed.');
  if (amount < 1 || amount > charge.amount_captured) {
    throw new StripeFailure(
      409,
      `The amount ${String(amount)} must be between 1 and the captured ${String(charge.amount_captured)}.`,
    );
  }
  assertDivisible(amount, charge.currency, 'amount');
  change.put({ ...charge, disputed: true });
  const drafted = draftDispute(change, charge, { reason, amount });
  if (isInquiry) {
    // The bank asks first: no money moves, and the charge can be refunded.
    const inquiry = change.put({ ...drafted, status: 'warning_needs_response', is_charge_refundable: true });
    change.emit('charge.dispute.created', inquiry);
    return inquiry;
  }
  const withdrawn = addTransaction(change, 'dispute', drafted, -amount);
  const dispute = change.put({ ...drafted, balance_transactions: [withdrawn] });
  change.emit('charge.dispute.created', dispute);
  change.emit('charge.dispute.funds_withdrawn', dispute);
  return dispute;
}

/** Submits the merchant's evidence. Throws: StripeFailure 409 unless the dispute, or inquiry, needs a response. */
export function answerDispute(change: Change, dispute: Stripe.Dispute): Stripe.Dispute {
  const next = UNDER_REVIEW[dispute.status];
  if (next === undefined) throw new StripeFailure(409, `The dispute is already ${dispute.status}.`);
  const evidence_details = { ...dispute.evidence_details, has_evidence: true, submission_count: 1 };
  const answered = change.put({ ...dispute, status: next, evidence_details });
  change.emit('charge.dispute.updated', answered, dispute);
  return answered;
}

const UNDER_REVIEW: Partial<Record<Stripe.Dispute.Status, Stripe.Dispute.Status>> = {
  needs_response: 'under_review',
  warning_needs_response: 'warning_under_review',
};

/** Closes a dispute; a won dispute reinstates the amount. Throws: StripeFailure 409 for a closed dispute. */
export function closeDispute(
  change: Change,
  dispute: Stripe.Dispute,
  status: 'won' | 'lost' | 'warning_closed',
): Stripe.Dispute {
  const isInquiry = dispute.status.startsWith('warning_');
  const isClosed = ['won', 'lost', 'warning_closed'].includes(dispute.status);
  if (isClosed || isInquiry !== (status === 'warning_closed')) {
    throw new StripeFailure(409, `The dispute is already ${dispute.status}.`);
  }
  const isWon = status === 'won';
  const reinstated = isWon ? [addTransaction(change, 'dispute_reversal', dispute, dispute.amount)] : [];
  const closed = change.put({
    ...dispute,
    balance_transactions: [...dispute.balance_transactions, ...reinstated],
    status,
    is_charge_refundable: isWon || isInquiry,
  });
  change.emit('charge.dispute.closed', closed);
  if (isWon) change.emit('charge.dispute.funds_reinstated', closed);
  return closed;
}

/** Turns an inquiry into a dispute, which withdraws the amount. Throws: StripeFailure 409 unless it is an open inquiry. */
export function escalateInquiry(change: Change, dispute: Stripe.Dispute): Stripe.Dispute {
  if (dispute.status !== 'warning_needs_response' && dispute.status !== 'warning_under_review') {
    throw new StripeFailure(409, `The dispute is ${dispute.status}, not an open inquiry.`);
  }
  const withdrawn = addTransaction(change, 'dispute', dispute, -dispute.amount);
  const escalated = change.put({
    ...dispute,
    status: 'needs_response',
    is_charge_refundable: false,
    balance_transactions: [withdrawn],
  });
  change.emit('charge.dispute.updated', escalated, dispute);
  change.emit('charge.dispute.funds_withdrawn', escalated);
  return escalated;
}

function draftDispute(
  change: Change,
  charge: Stripe.Charge,
  { reason, amount }: { reason: string; amount: number },
): Stripe.Dispute {
  return {
    id: makeId('dispute'),
    object: 'dispute',
    amount,
    balance_transactions: [],
    charge: charge.id,
    created: change.nowSeconds,
    currency: charge.currency,
    enhanced_eligibility_types: [],
    evidence: BLANK_EVIDENCE,
    evidence_details: {
      due_by: change.nowSeconds + ANSWER_SECONDS,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: 'manual',
    },
    intended_submission_method: 'manual',
    is_charge_refundable: false,
    livemode: false,
    metadata: {},
    payment_intent: charge.payment_intent,
    reason,
    status: 'needs_response',
  };
}

const BLANK_EVIDENCE: Stripe.Dispute.Evidence = {
  access_activity_log: null,
  billing_address: null,
  cancellation_policy: null,
  cancellation_policy_disclosure: null,
  cancellation_rebuttal: null,
  customer_communication: null,
  customer_email_address: null,
  customer_name: null,
  customer_purchase_ip: null,
  customer_signature: null,
  duplicate_charge_documentation: null,
  duplicate_charge_explanation: null,
  duplicate_charge_id: null,
  enhanced_evidence: {},
  product_description: null,
  receipt: null,
  refund_policy: null,
  refund_policy_disclosure: null,
  refund_refusal_explanation: null,
  service_date: null,
  service_documentation: null,
  shipping_address: null,
  shipping_carrier: null,
  shipping_date: null,
  shipping_documentation: null,
  shipping_tracking_number: null,
  uncategorized_file: null,
  uncategorized_text: null,
};
