import type Stripe from 'stripe';
import { invalidParameter } from '../http/stripe-failure.ts';
import type { Change } from '../world/change.ts';
import { assertCurrency, assertDivisible, assertMinimum } from './currencies.ts';
import { makeId, randomText } from '../world/objects.ts';
import type { IntentData, StoredSession } from '../world/objects.ts';

/** Stripe's limits for the lifetime of an open session. */
const MIN_LIFE_SECONDS = 30 * 60;
const MAX_LIFE_SECONDS = 24 * 3600;
/** Eight digits, Stripe's limit for most currencies. */
const MAX_AMOUNT = 99_999_999;

export interface SessionInput {
  readonly mode: 'payment';
  readonly line_items: readonly LineItemInput[];
  readonly payment_intent_data?: Partial<IntentData>;
  readonly metadata?: Stripe.Metadata;
  readonly client_reference_id?: string;
  readonly customer_email?: string;
  readonly success_url: string;
  readonly cancel_url?: string;
  readonly expires_at?: number;
  readonly locale?: string;
  readonly submit_type?: string;
}

interface LineItemInput {
  readonly quantity: number;
  readonly price_data: {
    readonly currency: string;
    readonly unit_amount: number;
    readonly product_data: { readonly name: string; readonly description?: string };
  };
}

/** Creates an open checkout session. The first attempt to pay creates the payment intent, as at Stripe. */
export function createSession(change: Change, input: SessionInput, publicUrl: string): StoredSession {
  const expiresAt = input.expires_at ?? change.nowSeconds + MAX_LIFE_SECONDS;
  assertLife(expiresAt - change.nowSeconds);
  for (const [index, { price_data: price }] of input.line_items.entries()) {
    const param = `line_items[${String(index)}][price_data]`;
    assertCurrency(price.currency, `${param}[currency]`);
    assertDivisible(price.unit_amount, price.currency, `${param}[unit_amount]`);
  }
  const lineItems = input.line_items.map((item) => draftLineItem(change, item));
  const currency = assertSingleCurrency(lineItems);
  const amount = lineItems.reduce((total, item) => total + item.amount_total, 0);
  assertAmount(amount, currency);
  const id = makeId('checkout.session');
  return change.put({
    ...BLANK_SESSION,
    id,
    amount_subtotal: amount,
    amount_total: amount,
    cancel_url: input.cancel_url ?? null,
    client_reference_id: input.client_reference_id ?? null,
    created: change.nowSeconds,
    currency,
    customer_email: input.customer_email ?? null,
    customer_details: input.customer_email === undefined ? null : customerOf(input.customer_email),
    expires_at: expiresAt,
    line_items: { object: 'list', data: lineItems, has_more: false, url: `/v1/checkout/sessions/${id}/line_items` },
    locale: input.locale ?? null,
    metadata: input.metadata ?? {},
    submit_type: input.submit_type ?? null,
    success_url: input.success_url,
    url: `${publicUrl}/c/pay/${id}`,
    payment_intent_data: {
      capture_method: 'automatic_async',
      metadata: {},
      description: null,
      receipt_email: null,
      statement_descriptor: null,
      statement_descriptor_suffix: null,
      ...input.payment_intent_data,
    },
  });
}

export function customerOf(email: string | null): Stripe.Checkout.Session.CustomerDetails {
  return {
    address: null,
    business_name: null,
    email,
    individual_name: null,
    name: null,
    phone: null,
    tax_exempt: 'none',
    tax_ids: null,
  };
}

function assertLife(seconds: number): void {
  const makeFailure = (limit: string) =>
    invalidParameter(
      `The \`expires_at\` timestamp must be ${limit} from Checkout Session creation.`,
      'parameter_invalid_integer',
      'expires_at',
    );
  if (seconds < MIN_LIFE_SECONDS) throw makeFailure('at least 30 minutes');
  if (seconds > MAX_LIFE_SECONDS) throw makeFailure('less than 24 hours');
}

function assertAmount(amount: number, currency: string): void {
  if (amount < 1) {
    throw invalidParameter(
      "The Checkout Session's total amount must be greater than 0",
      'amount_too_small',
      'line_items',
    );
  }
  assertMinimum(amount, currency, 'line_items');
  if (amount > MAX_AMOUNT) {
    throw invalidParameter(`Amount must be no more than ${String(MAX_AMOUNT)}`, 'amount_too_large', 'line_items');
  }
}

function assertSingleCurrency(items: readonly Stripe.LineItem[]): string {
  const currencies = new Set(items.map((item) => item.currency));
  const [currency] = currencies;
  if (currency === undefined || currencies.size > 1) {
    throw invalidParameter('All line items must have the same currency', 'parameter_invalid', 'line_items');
  }
  return currency;
}

function draftLineItem(change: Change, { quantity, price_data: price }: LineItemInput): Stripe.LineItem {
  const amount = price.unit_amount * quantity;
  return {
    id: `li_${randomText(24)}`,
    object: 'item',
    adjustable_quantity: null,
    amount_discount: 0,
    amount_subtotal: amount,
    amount_tax: 0,
    amount_total: amount,
    currency: price.currency,
    description: price.product_data.name,
    metadata: {},
    price: {
      id: `price_${randomText(24)}`,
      object: 'price',
      active: false,
      billing_scheme: 'per_unit',
      created: change.nowSeconds,
      currency: price.currency,
      custom_unit_amount: null,
      livemode: false,
      lookup_key: null,
      metadata: {},
      nickname: null,
      product: `prod_${randomText(14)}`,
      recurring: null,
      tax_behavior: 'unspecified',
      tiers_mode: null,
      transform_quantity: null,
      type: 'one_time',
      unit_amount: price.unit_amount,
      unit_amount_decimal: null,
    },
    quantity,
  };
}

/** Default fields of a session in payment mode on the hosted page. */
const BLANK_SESSION = {
  object: 'checkout.session',
  adaptive_pricing: { enabled: false },
  after_expiration: null,
  allow_promotion_codes: null,
  allowed_payment_method_types: null,
  automatic_tax: { enabled: false, liability: null, provider: null, status: null },
  billing_address_collection: null,
  client_secret: null,
  collected_information: null,
  consent: null,
  consent_collection: null,
  currency_conversion: null,
  custom_fields: [],
  custom_text: { after_submit: null, shipping_address: null, submit: null, terms_of_service_acceptance: null },
  customer: null,
  customer_account: null,
  customer_creation: 'if_required',
  discounts: [],
  integration_identifier: null,
  invoice: null,
  invoice_creation: null,
  livemode: false,
  managed_payments: null,
  mode: 'payment',
  origin_context: null,
  payment_intent: null,
  payment_link: null,
  payment_method_collection: 'if_required',
  payment_method_configuration_details: null,
  payment_method_options: {},
  payment_method_types: ['card'],
  payment_status: 'unpaid',
  permissions: null,
  phone_number_collection: { enabled: false },
  recovered_from: null,
  saved_payment_method_options: null,
  setup_intent: null,
  shipping_address_collection: null,
  shipping_cost: null,
  shipping_options: [],
  status: 'open',
  subscription: null,
  total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
  ui_mode: 'hosted_page',
  wallet_options: null,
} satisfies Partial<StoredSession>;
