import type Stripe from 'stripe';
import type { Change } from '../world/change.ts';
import { makeId, randomText } from '../world/objects.ts';
import type { StoredSession } from '../world/objects.ts';

/** A test card: accepted (4242…) or always declined (…0002). */
export type Card = 'ok' | 'declined';

/** Drafts the payment intent of a session's first attempt. */
export function draftIntent(change: Change, session: StoredSession): Stripe.PaymentIntent {
  const id = makeId('payment_intent');
  const { capture_method, metadata, ...texts } = session.payment_intent_data;
  return {
    ...BLANK_INTENT,
    ...texts,
    id,
    amount: session.amount_total ?? 0,
    capture_method,
    client_secret: `${id}_secret_${randomText(25)}`,
    created: change.nowSeconds,
    currency: session.currency ?? '',
    metadata,
  };
}

/** Drafts the charge of an attempt. `captureBefore` is set for an authorization without capture. */
export function draftCharge(
  change: Change,
  intent: Stripe.PaymentIntent,
  attempt: { card: Card; captureBefore: number | null; email: string | null },
): Stripe.Charge {
  const isOk = attempt.card === 'ok';
  const isCaptured = isOk && attempt.captureBefore === null;
  const { description, metadata, receipt_email, statement_descriptor, statement_descriptor_suffix } = intent;
  return {
    ...BLANK_CHARGE,
    id: makeId('charge'),
    amount: intent.amount,
    amount_captured: isCaptured ? intent.amount : 0,
    billing_details: { address: null, email: attempt.email, name: null, phone: null, tax_id: null },
    captured: isCaptured,
    created: change.nowSeconds,
    currency: intent.currency,
    description,
    failure_code: isOk ? null : 'card_declined',
    failure_message: isOk ? null : 'Your card was declined.',
    metadata,
    outcome: isOk ? APPROVED : DECLINED,
    paid: isOk,
    payment_intent: intent.id,
    payment_method: `pm_${randomText(24)}`,
    payment_method_details: { type: 'card', card: draftCard(intent.amount, attempt) },
    receipt_email,
    statement_descriptor,
    statement_descriptor_suffix,
    status: isOk ? 'succeeded' : 'failed',
  };
}

/** Drafts a refund, or the released part of an authorization. */
export function draftRefund(
  change: Change,
  charge: Stripe.Charge,
  input: { amount: number; reason: Stripe.Refund['reason']; metadata?: Stripe.Metadata },
): Stripe.Refund {
  return {
    id: makeId('refund'),
    object: 'refund',
    amount: input.amount,
    balance_transaction: null,
    charge: charge.id,
    created: change.nowSeconds,
    currency: charge.currency,
    customer: null,
    customer_account: null,
    destination_details: { type: 'card', card: { type: 'refund', reference_status: 'pending' } },
    metadata: input.metadata ?? {},
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    reason: input.reason,
    receipt_number: null,
    source_transfer_reversal: null,
    status: 'succeeded',
    transfer_reversal: null,
  };
}

function draftCard(
  amount: number,
  { card, captureBefore }: { card: Card; captureBefore: number | null },
): Stripe.Charge.PaymentMethodDetails.Card {
  return {
    amount_authorized: card === 'ok' ? amount : null,
    authorization_code: card === 'ok' ? '123456' : null,
    brand: 'visa',
    ...(captureBefore !== null && { capture_before: captureBefore }),
    checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
    country: 'US',
    electronic_commerce_indicator: null,
    exp_month: 12,
    exp_year: new Date().getUTCFullYear() + 3,
    fingerprint: null,
    funding: 'credit',
    installments: null,
    last4: card === 'ok' ? '4242' : '0002',
    mandate: null,
    network: 'visa',
    network_transaction_id: null,
    regulated_status: null,
    three_d_secure: null,
    transaction_link_id: null,
    wallet: null,
  };
}

const APPROVED: Stripe.Charge.Outcome = {
  advice_code: null,
  network_advice_code: null,
  network_decline_code: null,
  network_status: 'approved_by_network',
  reason: null,
  risk_level: 'normal',
  seller_message: 'Payment complete.',
  type: 'authorized',
};

const DECLINED: Stripe.Charge.Outcome = {
  ...APPROVED,
  network_decline_code: '02',
  network_status: 'declined_by_network',
  reason: 'generic_decline',
  seller_message: 'The bank did not return any further details with this decline.',
  type: 'issuer_declined',
};

const BLANK_INTENT = {
  object: 'payment_intent',
  allowed_payment_method_types: null,
  amount_capturable: 0,
  amount_received: 0,
  application: null,
  application_fee_amount: null,
  automatic_payment_methods: null,
  canceled_at: null,
  cancellation_reason: null,
  confirmation_method: 'automatic',
  customer: null,
  customer_account: null,
  excluded_payment_method_types: null,
  last_payment_error: null,
  latest_charge: null,
  livemode: false,
  managed_payments: null,
  next_action: null,
  on_behalf_of: null,
  payment_method: null,
  payment_method_configuration_details: null,
  payment_method_options: {
    card: { installments: null, mandate_options: null, network: null, request_three_d_secure: 'automatic' },
  },
  payment_method_types: ['card'],
  payment_record: null,
  processing: null,
  review: null,
  setup_future_usage: null,
  shipping: null,
  source: null,
  status: 'requires_payment_method',
  transfer_data: null,
  transfer_group: null,
} satisfies Partial<Stripe.PaymentIntent>;

const BLANK_CHARGE = {
  object: 'charge',
  amount_refunded: 0,
  application: null,
  application_fee: null,
  application_fee_amount: null,
  balance_transaction: null,
  calculated_statement_descriptor: 'SANDBOX',
  customer: null,
  disputed: false,
  failure_balance_transaction: null,
  fraud_details: {},
  livemode: false,
  on_behalf_of: null,
  receipt_number: null,
  receipt_url: null,
  refunded: false,
  review: null,
  shipping: null,
  source: null,
  source_transfer: null,
  transfer_data: null,
  transfer_group: null,
} satisfies Partial<Stripe.Charge>;
