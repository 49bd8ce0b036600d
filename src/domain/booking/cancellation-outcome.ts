import type { BookingSnapshot, RecordedRefund } from './booking.ts';
import type { Minor } from '../money/money.ts';

/** Effects of a cancellation on the money paid. */
export interface CancellationOutcome {
  readonly refundAmount: Minor;
  /** Amount that the property keeps. */
  readonly fee: Minor;
  /** Refunded amounts by destination. */
  readonly refunds: readonly { readonly amount: Minor; readonly destination: RecordedRefund['destination'] }[];
}

/** Computes refunds and fee of a cancellation from the booking before and after. Earlier refunds do not count. */
export function computeCancellationOutcome(before: BookingSnapshot, after: BookingSnapshot): CancellationOutcome {
  const earlierIds = new Set(before.refunds.map(({ id }) => id));
  const amounts = new Map<RecordedRefund['destination'], Minor>();
  for (const { id, amount, destination } of after.refunds) {
    if (!earlierIds.has(id)) amounts.set(destination, (amounts.get(destination) ?? 0) + amount);
  }
  const refunds = [...amounts].map(([destination, amount]) => ({ amount, destination }));
  return { refundAmount: refunds.reduce((sum, { amount }) => sum + amount, 0), fee: after.feeAmount, refunds };
}
