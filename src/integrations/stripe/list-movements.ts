import type Stripe from 'stripe';
import type { GatewayMovement, GatewayPage } from '../../domain/ports/gateway.ts';
import { assertPage, idOf, toIso } from './ask.ts';
import type { Within } from './ask.ts';

/** One page of Stripe's account over [from, to), newest first. */
export async function listMovements(
  stripe: Stripe,
  within: Within,
  { from, to, cursor }: { from: string; to: string; cursor: string | null },
): Promise<GatewayPage<GatewayMovement>> {
  const params: Stripe.BalanceTransactionListParams = {
    // Everything there happens on whole seconds: rounded the same way, neighbouring spans share nothing and miss nothing.
    created: { gte: toSeconds(from), lt: toSeconds(to) },
    limit: 100,
    expand: ['data.source'],
    ...(cursor !== null && { starting_after: cursor }),
  };
  const page = await stripe.balanceTransactions.list(params, within());
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
 * By Stripe's reporting categories: its types call many things an adjustment, and what a partial capture leaves over
 * a refund. That one takes back part of the charge, which was entered in full, so it is a charge below zero.
 */
const KINDS: Partial<Record<string, GatewayMovement['kind']>> = {
  charge: 'CHARGE',
  partial_capture_reversal: 'CHARGE',
  refund: 'REFUND',
  refund_failure: 'REFUND_FAILED',
  dispute: 'DISPUTE',
  dispute_reversal: 'DISPUTE_WON',
};

function toMovement(line: Stripe.BalanceTransaction): GatewayMovement {
  const source = sourceOf(line);
  return {
    id: line.id,
    kind: KINDS[line.reporting_category] ?? 'OTHER',
    intentId: idOf(source?.payment_intent),
    paymentId: source?.metadata?.['payment_id'] ?? null,
    ...valueOf(line, source),
    at: toIso(line.created),
  };
}

type Source = Stripe.Charge | Stripe.Refund | Stripe.Dispute;

/** What the line is about, when that has to do with a payment. */
function sourceOf({ source }: Stripe.BalanceTransaction): Source | null {
  if (source === null || typeof source === 'string') return null;
  return source.object === 'charge' || source.object === 'refund' || source.object === 'dispute' ? source : null;
}

/** What the guest paid or got: where Stripe changed it into the account's own currency, the source still says. */
function valueOf(line: Stripe.BalanceTransaction, source: Source | null): { amount: number; currency: string } {
  const isChanged = source !== null && source.currency !== line.currency;
  const { amount, currency } = isChanged
    ? { amount: Math.sign(line.amount) * source.amount, currency: source.currency }
    : line;
  return { amount, currency: currency.toUpperCase() };
}
