import type Stripe from 'stripe';
import type { GatewayIntent, GatewayRefund } from '../../domain/ports/gateway.ts';
import { assertId, assertPage, idOf, toIso } from './call-stripe.ts';
import type { MakeOptions } from './call-stripe.ts';
import { fromStripeAmount } from './stripe-amount.ts';

/** Expansion that every request for an intent needs. */
export const EXPAND_CHARGE: string[] = ['latest_charge'];

/** Statuses with a consequence for the booking; earlier statuses mean that the guest is still paying. */
const INTENT_STATUSES = ['requires_capture', 'succeeded', 'canceled'] as const;

/** Reads the current state of an intent, refunds included. */
export async function readIntent(stripe: Stripe, makeOptions: MakeOptions, id: string): Promise<GatewayIntent> {
  return withRefunds(
    stripe,
    makeOptions,
    await stripe.paymentIntents.retrieve(id, { expand: EXPAND_CHARGE }, makeOptions()),
  );
}

/**
 * Adds all refunds to an intent with expanded charge.
 *
 * Lists refunds after every capture: a charge whose only refund failed shows no refund.
 */
export async function withRefunds(
  stripe: Stripe,
  makeOptions: MakeOptions,
  intent: Stripe.PaymentIntent,
): Promise<GatewayIntent> {
  assertId(intent);
  const { id, status, amount, currency, metadata, latest_charge: charge } = intent;
  const expanded = typeof charge === 'object' ? charge : null;
  const amountCaptured = expanded?.amount_captured ?? intent.amount_received;
  const captureBefore = expanded?.payment_method_details?.card?.capture_before;
  const listed = amountCaptured > 0 ? await listRefunds(stripe, makeOptions, id) : [];
  const refunds = withoutReleased(listed, amount - amountCaptured).map(toRefund);
  return {
    id,
    status: INTENT_STATUSES.find((known) => known === status) ?? 'other',
    amount: fromStripeAmount(amount, currency),
    amountCaptured: fromStripeAmount(amountCaptured, currency),
    amountRefunded: refunds.reduce((sum, refund) => sum + (refund.status === 'FAILED' ? 0 : refund.amount), 0),
    refunds,
    captureBefore: captureBefore === undefined ? null : toIso(captureBefore),
    paymentId: metadata['payment_id'] ?? null,
    declinedChargeId: status === 'requires_payment_method' && expanded?.status === 'failed' ? expanded.id : null,
  };
}

/** Lists all refunds of an intent, newest first. */
async function listRefunds(stripe: Stripe, makeOptions: MakeOptions, intentId: string): Promise<Stripe.Refund[]> {
  const refunds: Stripe.Refund[] = [];
  const page = { payment_intent: intentId, limit: 100, expand: ['data.balance_transaction'] };
  let after: string | null = null;
  do {
    const response: Stripe.ApiList<Stripe.Refund> = await stripe.refunds.list(
      { ...page, ...(after !== null && { starting_after: after }) },
      makeOptions(),
    );
    assertPage(response);
    refunds.push(...response.data);
    after = response.has_more ? idOf(response.data.at(-1)) : null;
  } while (after !== null);
  return refunds;
}

/**
 * Removes the released part of an authorization, which Stripe lists as a refund without a payment.
 *
 * A `partial_capture_reversal` identifies the entry. Without such a balance transaction, the entry is the oldest refund
 * with exactly the released amount and no balance transaction.
 */
function withoutReleased(refunds: readonly Stripe.Refund[], releasedAmount: number): Stripe.Refund[] {
  const actual = refunds.filter(({ balance_transaction: line }) => !isReversal(line));
  if (releasedAmount === 0 || actual.length < refunds.length) return actual;
  const released = actual.findLast(
    (refund) =>
      refund.balance_transaction === null &&
      refund.status === 'succeeded' &&
      refund.amount === releasedAmount &&
      refundIdOf(refund) === null,
  );
  return actual.filter((refund) => refund !== released);
}

function isReversal(line: Stripe.Refund['balance_transaction']): boolean {
  return line !== null && typeof line === 'object' && line.reporting_category === 'partial_capture_reversal';
}

const REFUND_STATUSES: Partial<Record<string, GatewayRefund['status']>> = {
  succeeded: 'DONE',
  failed: 'FAILED',
  canceled: 'FAILED',
};

function toRefund(refund: Stripe.Refund): GatewayRefund {
  assertId(refund);
  const { id, status } = refund;
  const amount = fromStripeAmount(refund.amount, refund.currency);
  return { id, amount, status: REFUND_STATUSES[status ?? ''] ?? 'PENDING', refundId: refundIdOf(refund) };
}

function refundIdOf(refund: Stripe.Refund): string | null {
  return refund.metadata?.['refund_id'] ?? null;
}
