import type Stripe from 'stripe';
import type { GatewayIntent, GatewayRefund } from '../../domain/ports/gateway.ts';
import { assertId, assertPage, idOf, toIso } from './ask.ts';
import type { Within } from './ask.ts';

/** What every answer about an intent has to carry. */
export const EXPAND_CHARGE: string[] = ['latest_charge'];

/** Those on which something depends; before them the guest is still busy. */
const INTENT_STATUSES = ['requires_capture', 'succeeded', 'canceled'] as const;

/** An intent as it is now, with its refunds. */
export async function readIntent(stripe: Stripe, within: Within, id: string): Promise<GatewayIntent> {
  return withRefunds(stripe, within, await stripe.paymentIntents.retrieve(id, { expand: EXPAND_CHARGE }, within()));
}

/**
 * An intent that was answered with its charge, and all its refunds.
 *
 * They are asked for whenever anything was captured: a charge whose only refund failed shows none.
 */
export async function withRefunds(
  stripe: Stripe,
  within: Within,
  intent: Stripe.PaymentIntent,
): Promise<GatewayIntent> {
  assertId(intent);
  const { id, status, amount, metadata, latest_charge: charge } = intent;
  const expanded = typeof charge === 'object' ? charge : null;
  const amountCaptured = expanded?.amount_captured ?? intent.amount_received;
  const captureBefore = expanded?.payment_method_details?.card?.capture_before;
  const listed = amountCaptured > 0 ? await listRefunds(stripe, within, id) : [];
  const refunds = withoutReleased(listed, amount - amountCaptured).map(toRefund);
  return {
    id,
    status: INTENT_STATUSES.find((known) => known === status) ?? 'other',
    amount,
    amountCaptured,
    amountRefunded: refunds.reduce((sum, refund) => sum + (refund.status === 'FAILED' ? 0 : refund.amount), 0),
    refunds,
    captureBefore: captureBefore === undefined ? null : toIso(captureBefore),
    paymentId: metadata['payment_id'] ?? null,
  };
}

/** Newest first. */
async function listRefunds(stripe: Stripe, within: Within, intentId: string): Promise<Stripe.Refund[]> {
  const refunds: Stripe.Refund[] = [];
  const page = { payment_intent: intentId, limit: 100, expand: ['data.balance_transaction'] };
  let after: string | null = null;
  do {
    const answer: Stripe.ApiList<Stripe.Refund> = await stripe.refunds.list(
      { ...page, ...(after !== null && { starting_after: after }) },
      within(),
    );
    assertPage(answer);
    refunds.push(...answer.data);
    after = answer.has_more ? idOf(answer.data.at(-1)) : null;
  } while (after !== null);
  return refunds;
}

/**
 * Leaves out what was held and never taken: Stripe lists it as a refund though nobody had paid it.
 *
 * Its line in Stripe's account says so. Where it has no such line, it is the oldest that is as large as what was left
 * over and moved nothing.
 */
function withoutReleased(refunds: readonly Stripe.Refund[], leftOver: number): Stripe.Refund[] {
  const real = refunds.filter(({ balance_transaction: line }) => !isReversal(line));
  if (leftOver === 0 || real.length < refunds.length) return real;
  const released = real.findLast(
    (refund) =>
      refund.balance_transaction === null &&
      refund.status === 'succeeded' &&
      refund.amount === leftOver &&
      refundIdOf(refund) === null,
  );
  return real.filter((refund) => refund !== released);
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
  const { id, amount, status } = refund;
  return { id, amount, status: REFUND_STATUSES[status ?? ''] ?? 'PENDING', refundId: refundIdOf(refund) };
}

function refundIdOf(refund: Stripe.Refund): string | null {
  return refund.metadata?.['refund_id'] ?? null;
}
