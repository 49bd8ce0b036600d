import type Stripe from 'stripe';
import type { GatewayBalanceTransaction, GatewayPage } from '../../domain/ports/gateway.ts';
import { assertPage, idOf, toIso } from './call-stripe.ts';
import type { MakeOptions } from './call-stripe.ts';
import { fromStripeAmount } from './stripe-amount.ts';

/** Lists a page of Stripe's balance transactions in [from, to), newest first. */
export async function listMovements(
  stripe: Stripe,
  makeOptions: MakeOptions,
  { from, to, cursor }: { from: string; to: string; cursor: string | null },
): Promise<GatewayPage<GatewayBalanceTransaction>> {
  const params: Stripe.BalanceTransactionListParams = {
    // Stripe's times are whole seconds: with equal rounding, adjacent ranges neither overlap nor leave a gap.
    created: { gte: toSeconds(from), lt: toSeconds(to) },
    limit: 100,
    expand: ['data.source'],
    ...(cursor !== null && { starting_after: cursor }),
  };
  const page = await stripe.balanceTransactions.list(params, makeOptions());
  assertPage(page);
  return {
    items: page.data.map((line) => toMovement(line)),
    nextCursor: page.has_more ? idOf(page.data.at(-1)) : null,
  };
}

function toSeconds(moment: string): number {
  return Math.ceil(Date.parse(moment) / 1_000);
}

/**
 * Movement kinds by Stripe's reporting category; Stripe's `type` is too coarse ("adjustment").
 *
 * `partial_capture_reversal` reduces a charge that was entered in full, so the kind is a CHARGE with a negative amount.
 */
const KINDS: Partial<Record<string, GatewayBalanceTransaction['kind']>> = {
  charge: 'CHARGE',
  partial_capture_reversal: 'CHARGE',
  refund: 'REFUND',
  refund_failure: 'REFUND_FAILED',
  dispute: 'DISPUTE',
  dispute_reversal: 'DISPUTE_WON',
};

function toMovement(line: Stripe.BalanceTransaction): GatewayBalanceTransaction {
  const source = sourceOf(line);
  return {
    id: line.id,
    kind: KINDS[line.reporting_category] ?? 'OTHER',
    intentId: idOf(source?.payment_intent),
    disputeId: source?.object === 'dispute' ? source.id : null,
    paymentId: source?.metadata?.['payment_id'] ?? null,
    ...valueOf(line, source),
    at: toIso(line.created),
  };
}

type Source = Stripe.Charge | Stripe.Refund | Stripe.Dispute;

/** Returns the source of a line when the source belongs to a payment, else null. */
function sourceOf({ source }: Stripe.BalanceTransaction): Source | null {
  if (source === null || typeof source === 'string') return null;
  return source.object === 'charge' || source.object === 'refund' || source.object === 'dispute' ? source : null;
}

/** Returns the amount in the guest's currency: the source keeps the amount before Stripe's conversion. */
function valueOf(line: Stripe.BalanceTransaction, source: Source | null): { amount: number; currency: string } {
  const isConverted = source !== null && source.currency !== line.currency;
  const { amount, currency } = isConverted
    ? { amount: Math.sign(line.amount) * source.amount, currency: source.currency }
    : line;
  return { amount: fromStripeAmount(amount, currency), currency: currency.toUpperCase() };
}
