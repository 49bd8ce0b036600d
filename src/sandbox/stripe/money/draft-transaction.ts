import type Stripe from 'stripe';
import type { Change } from '../world/change.ts';
import { makeId } from '../world/objects.ts';

type Category = 'charge' | 'partial_capture_reversal' | 'refund' | 'refund_failure' | 'dispute' | 'dispute_reversal';

/** Stripe's `type` by reporting category. */
const TYPES: Record<Category, Stripe.BalanceTransaction['type']> = {
  charge: 'charge',
  partial_capture_reversal: 'refund',
  refund: 'refund',
  refund_failure: 'refund_failure',
  dispute: 'adjustment',
  dispute_reversal: 'adjustment',
};

/** Stripe's fees: 2.9 % plus 30 per charge, 15.00 per dispute; a partial capture returns the percentage. */
const FEES: Partial<Record<Category, (amount: number) => number>> = {
  charge: (amount) => Math.round(amount * 0.029) + 30,
  partial_capture_reversal: (amount) => Math.round(amount * 0.029),
  dispute: () => 1_500,
};

/** Adds a balance transaction for a charge, refund or dispute; a positive amount increases the balance. */
export function addTransaction(
  change: Change,
  reporting_category: Category,
  source: { id: string; currency: string },
  amount: number,
): Stripe.BalanceTransaction {
  const fee = FEES[reporting_category]?.(amount) ?? 0;
  const { currency } = source;
  return change.put({
    id: makeId('balance_transaction'),
    object: 'balance_transaction',
    amount,
    available_on: change.nowSeconds,
    balance_type: 'payments',
    created: change.nowSeconds,
    currency,
    description: null,
    exchange_rate: null,
    fee,
    fee_details:
      fee === 0
        ? []
        : [{ amount: fee, application: null, currency, description: 'Stripe processing fees', type: 'stripe_fee' }],
    net: amount - fee,
    reporting_category,
    source: source.id,
    status: 'available',
    type: TYPES[reporting_category],
  });
}
