import type { Tx } from '../../../db/client.ts';
import type { LockedBooking } from '../../../db/locks.ts';
import type { Minor } from '../../../domain/money/money.ts';
import { listRefundable, sumRefundable } from './refund-from-payments.ts';

/** A booking's money, split for its end; in minor units. */
interface RefundableSplit {
  readonly refundAmount: Minor;
  readonly fee: Minor;
  /** Disputed or charged back: neither refunded nor charged as a fee, because the bank decides. */
  readonly withheld: Minor;
}

/**
 * Splits a booking's refundable money into refund and fee of at most `maxFee`.
 *
 * `to` is where the refund goes: the undisputed rest of a disputed charge can go to the wallet only.
 * Locks: expects the booking locked.
 */
export async function splitRefundable(
  tx: Tx,
  booking: LockedBooking,
  { maxFee, to = 'ORIGINAL' }: { readonly maxFee: Minor; readonly to?: 'ORIGINAL' | 'WALLET' },
): Promise<RefundableSplit> {
  const refundable = await listRefundable(tx, booking, to);
  const left = sumRefundable(refundable, 'left');
  // A won dispute can leave more paid than the price. The price limits the fee.
  const fee = Math.min(maxFee, left, booking.totalPayable);
  return { refundAmount: left - fee, fee, withheld: sumRefundable(refundable, 'withheld') };
}
