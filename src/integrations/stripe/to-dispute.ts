import type Stripe from 'stripe';
import type { GatewayDispute } from '../../domain/ports/gateway.ts';
import { assertId, assertPage, idOf } from './call-stripe.ts';
import type { MakeOptions } from './call-stripe.ts';
import { fromStripeAmount } from './stripe-amount.ts';

/** Statuses other than OPEN. A prevented dispute cost nothing, so it counts like a closed inquiry. */
const STATUSES: Partial<Record<string, GatewayDispute['status']>> = {
  won: 'WON',
  lost: 'LOST',
  warning_needs_response: 'INQUIRY',
  warning_under_review: 'INQUIRY',
  warning_closed: 'INQUIRY_CLOSED',
  prevented: 'INQUIRY_CLOSED',
};

/** Converts a dispute of Stripe. */
export function toDispute(dispute: Stripe.Dispute): GatewayDispute {
  assertId(dispute);
  const { id, amount, currency, reason, status, payment_intent: intent } = dispute;
  return {
    id,
    intentId: idOf(intent),
    amount: fromStripeAmount(amount, currency),
    currency: currency.toUpperCase(),
    reason,
    status: STATUSES[status] ?? 'OPEN',
  };
}

/** Lists the disputes of an intent; a payment has hardly more than one, and never a hundred. */
export async function listDisputes(
  stripe: Stripe,
  makeOptions: MakeOptions,
  intentId: string,
): Promise<GatewayDispute[]> {
  const page = await stripe.disputes.list({ payment_intent: intentId, limit: 100 }, makeOptions());
  assertPage(page);
  return page.data.map(toDispute);
}
