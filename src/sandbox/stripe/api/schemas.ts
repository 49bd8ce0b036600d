import type Stripe from 'stripe';
import { z } from 'zod';
import { boolean, created, currency, expand, integer, metadata, newMetadata, paging, text, url } from './parameters.ts';

// The parameters of each request. `satisfies` restricts the names to Stripe's.

type Known<P> = Partial<Record<keyof P, z.ZodType>>;

const lineItem = z.strictObject({
  quantity: integer(1, 999_999),
  price_data: z.strictObject({
    currency,
    unit_amount: integer(0),
    product_data: z.strictObject({
      name: text(),
      description: z.exactOptional(text()),
      images: z.exactOptional(z.array(url).max(8)),
      metadata: z.exactOptional(newMetadata),
    } satisfies Known<Stripe.Checkout.SessionCreateParams.LineItem.PriceData.ProductData>),
  } satisfies Known<Stripe.Checkout.SessionCreateParams.LineItem.PriceData>),
} satisfies Known<Stripe.Checkout.SessionCreateParams.LineItem>);

const intentData = z.strictObject({
  capture_method: z.exactOptional(z.enum(['automatic', 'automatic_async', 'manual'])),
  description: z.exactOptional(text(1_000)),
  metadata: z.exactOptional(newMetadata),
  receipt_email: z.exactOptional(z.email()),
  statement_descriptor: z.exactOptional(text(22)),
  statement_descriptor_suffix: z.exactOptional(text(22)),
} satisfies Known<Stripe.Checkout.SessionCreateParams.PaymentIntentData>);

export const sessionCreate = z.strictObject({
  mode: z.enum(['payment']),
  line_items: z.array(lineItem).min(1).max(100),
  payment_intent_data: z.exactOptional(intentData),
  metadata: z.exactOptional(newMetadata),
  client_reference_id: z.exactOptional(text(200)),
  customer_email: z.exactOptional(z.email()),
  success_url: url,
  cancel_url: z.exactOptional(url),
  expires_at: z.exactOptional(integer()),
  locale: z.exactOptional(text(10)),
  submit_type: z.exactOptional(z.enum(['auto', 'book', 'donate', 'pay'])),
  allowed_payment_method_types: z.exactOptional(z.array(z.enum(['card'])).length(1)),
  adaptive_pricing: z.exactOptional(z.strictObject({ enabled: boolean })),
  ui_mode: z.exactOptional(z.enum(['hosted_page'])),
  expand,
} satisfies Known<Stripe.Checkout.SessionCreateParams>);

export const onlyExpand = z.strictObject({ expand });

export const capture = z.strictObject({
  amount_to_capture: z.exactOptional(integer(1)),
  // The sandbox supports a single capture per authorization, which is always the final capture.
  final_capture: z.exactOptional(z.enum(['true']).transform(() => true)),
  metadata: z.exactOptional(metadata),
  statement_descriptor: z.exactOptional(text(22)),
  statement_descriptor_suffix: z.exactOptional(text(22)),
  expand,
} satisfies Known<Stripe.PaymentIntentCaptureParams>);

export const cancel = z.strictObject({
  cancellation_reason: z.exactOptional(z.enum(['abandoned', 'duplicate', 'fraudulent', 'requested_by_customer'])),
  expand,
} satisfies Known<Stripe.PaymentIntentCancelParams>);

export const refundCreate = z.strictObject({
  payment_intent: z.exactOptional(text()),
  charge: z.exactOptional(text()),
  amount: z.exactOptional(integer(1)),
  reason: z.exactOptional(z.enum(['duplicate', 'fraudulent', 'requested_by_customer'])),
  metadata: z.exactOptional(metadata),
  expand,
} satisfies Known<Stripe.RefundCreateParams>);

const ofIntent = { payment_intent: z.exactOptional(text()) };
const ofCharge = { ...ofIntent, charge: z.exactOptional(text()) };

export const lineItemList = z.strictObject(paging);

export const intentList = z.strictObject({ ...paging, created } satisfies Known<Stripe.PaymentIntentListParams>);

export const sessionList = z.strictObject({
  ...paging,
  ...ofIntent,
  created,
  status: z.exactOptional(z.enum(['open', 'complete', 'expired'])),
  customer_details: z.exactOptional(z.strictObject({ email: text() })),
} satisfies Known<Stripe.Checkout.SessionListParams>);

export const chargeList = z.strictObject({
  ...paging,
  ...ofIntent,
  created,
} satisfies Known<Stripe.ChargeListParams>);

export const refundList = z.strictObject({
  ...paging,
  ...ofCharge,
  created,
} satisfies Known<Stripe.RefundListParams>);

export const disputeList = z.strictObject({
  ...paging,
  ...ofCharge,
  created,
} satisfies Known<Stripe.DisputeListParams>);

export const transactionList = z.strictObject({
  ...paging,
  created,
  currency: z.exactOptional(currency),
  source: z.exactOptional(text()),
  type: z.exactOptional(text()),
} satisfies Known<Stripe.BalanceTransactionListParams>);

export const endpointList = z.strictObject(paging);

export const eventList = z.strictObject({
  ...paging,
  created,
  type: z.exactOptional(text()),
  types: z.exactOptional(z.array(text()).max(20)),
  delivery_success: z.exactOptional(boolean),
} satisfies Known<Stripe.EventListParams>);
