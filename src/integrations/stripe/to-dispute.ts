import type Stripe from 'stripe';
import type { GatewayDispute } from '../../domain/ports/gateway.ts';
import { assertId, idOf } from './ask.ts';

/** An inquiry that came to nothing, and a dispute that was headed off, cost nothing: as good as won. */
const ENDS: Partial<Record<string, GatewayDispute['status']>> = {
  won: 'WON',
  warning_closed: 'WON',
  prevented: 'WON',
  lost: 'LOST',
};

export function toDispute(dispute: Stripe.Dispute): GatewayDispute {
  assertId(dispute);
  const { id, amount, currency, reason, status, payment_intent: intent } = dispute;
  return {
    id,
    intentId: idOf(intent),
    amount,
    currency: currency.toUpperCase(),
    reason,
    status: ENDS[status] ?? 'OPEN',
  };
}
