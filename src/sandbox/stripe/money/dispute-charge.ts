import type Stripe from 'stripe';
import { StripeFailure } from '../http/stripe-failure.ts';
import type { Change } from '../world/change.ts';
import { makeId } from '../world/objects.ts';

/** How long a merchant has to answer. */
const ANSWER_SECONDS = 9 * 24 * 3600;

/** The cardholder says the charge was not theirs. Throws: StripeFailure 409 for what was not captured or is disputed. */
export function openDispute(change: Change, charge: Stripe.Charge, reason: string): Stripe.Dispute {
  if (!charge.captured) throw new StripeFailure(409, 'Only a captured charge can be disputed.');
  if (charge.disputed) throw new StripeFailure(409, 'This charge is disputed already.');
  change.put({ ...charge, disputed: true });
  const dispute = change.put(draftDispute(change, charge, reason));
  change.emit('charge.dispute.created', dispute);
  return dispute;
}

/** The bank decides. Throws: StripeFailure 409 when it has. */
export function closeDispute(change: Change, dispute: Stripe.Dispute, status: 'won' | 'lost'): Stripe.Dispute {
  if (dispute.status !== 'needs_response') throw new StripeFailure(409, `This dispute is ${dispute.status}.`);
  const closed = change.put({ ...dispute, status, is_charge_refundable: status === 'won' });
  change.emit('charge.dispute.closed', closed);
  return closed;
}

function draftDispute(change: Change, charge: Stripe.Charge, reason: string): Stripe.Dispute {
  return {
    id: makeId('dispute'),
    object: 'dispute',
    amount: charge.amount - charge.amount_refunded,
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
