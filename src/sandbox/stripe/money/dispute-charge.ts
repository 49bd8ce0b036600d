import type Stripe from 'stripe';
import { StripeFailure } from '../http/stripe-failure.ts';
import type { Change } from '../world/change.ts';
import { makeId } from '../world/objects.ts';
import { addTransaction } from './draft-transaction.ts';

/** How long a merchant has to answer. */
const ANSWER_SECONDS = 9 * 24 * 3600;

/**
 * The cardholder says the charge was not theirs, and the bank takes the money back: what was not refunded, or
 * `amount`, which may be refunded money too, as cardholders do.
 *
 * Throws: StripeFailure 409 for what was not captured, or is disputed, or is more or less than there is.
 */
export function openDispute(
  change: Change,
  charge: Stripe.Charge,
  { reason, amount = charge.amount - charge.amount_refunded }: { reason: string; amount?: number },
): Stripe.Dispute {
  if (!charge.captured) throw new StripeFailure(409, 'Only a captured charge can be disputed.');
  if (charge.disputed) throw new StripeFailure(409, 'This charge is disputed already.');
  if (amount < 1 || amount > charge.amount_captured) {
    throw new StripeFailure(409, `There is no ${String(amount)} to dispute.`);
  }
  change.put({ ...charge, disputed: true });
  const drafted = draftDispute(change, charge, { reason, amount });
  const withdrawn = addTransaction(change, 'dispute', drafted, -amount);
  const dispute = change.put({ ...drafted, balance_transactions: [withdrawn] });
  change.emit('charge.dispute.created', dispute);
  change.emit('charge.dispute.funds_withdrawn', dispute);
  return dispute;
}

/** The merchant answers with evidence. Throws: StripeFailure 409 when it has, or the bank has decided. */
export function answerDispute(change: Change, dispute: Stripe.Dispute): Stripe.Dispute {
  if (dispute.status !== 'needs_response') throw new StripeFailure(409, `This dispute is ${dispute.status}.`);
  const evidence_details = { ...dispute.evidence_details, has_evidence: true, submission_count: 1 };
  const answered = change.put({ ...dispute, status: 'under_review', evidence_details });
  change.emit('charge.dispute.updated', answered, dispute);
  return answered;
}

/** The bank decides, and gives the money again when it is won. Throws: StripeFailure 409 when it has. */
export function closeDispute(change: Change, dispute: Stripe.Dispute, status: 'won' | 'lost'): Stripe.Dispute {
  if (dispute.status === 'won' || dispute.status === 'lost') {
    throw new StripeFailure(409, `This dispute is ${dispute.status}.`);
  }
  const isWon = status === 'won';
  const reinstated = isWon ? [addTransaction(change, 'dispute_reversal', dispute, dispute.amount)] : [];
  const closed = change.put({
    ...dispute,
    balance_transactions: [...dispute.balance_transactions, ...reinstated],
    status,
    is_charge_refundable: isWon,
  });
  change.emit('charge.dispute.closed', closed);
  if (isWon) change.emit('charge.dispute.funds_reinstated', closed);
  return closed;
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
