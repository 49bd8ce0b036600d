import type { BookingSnapshot, RecordedRefund } from '../booking.ts';
import type { Minor } from './money.ts';

/** What a cancellation does with the money that was paid. */
export interface CancellationOutcome {
  readonly refundAmount: Minor;
  /** What is kept. */
  readonly fee: Minor;
  /** What comes back, by where it goes. */
  readonly refunds: readonly { readonly amount: Minor; readonly destination: RecordedRefund['destination'] }[];
}

/** What is given back and kept between a booking and itself once it is cancelled; earlier refunds do not count. */
export function outcomeOfCancellation(before: BookingSnapshot, after: BookingSnapshot): CancellationOutcome {
  const known = new Set(before.refunds.map(({ id }) => id));
  const amounts = new Map<RecordedRefund['destination'], Minor>();
  for (const { id, amount, destination } of after.refunds) {
    if (!known.has(id)) amounts.set(destination, (amounts.get(destination) ?? 0) + amount);
  }
  const refunds = [...amounts].map(([destination, amount]) => ({ amount, destination }));
  return { refundAmount: refunds.reduce((sum, { amount }) => sum + amount, 0), fee: after.feeAmount, refunds };
}
