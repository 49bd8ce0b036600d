import type { Tx } from '../../db/client.ts';
import type { LockedBooking } from '../../db/locks.ts';
import type { Minor } from '../../domain/money/money.ts';
import { listRefundable, sumOf } from './give-back.ts';

/** What becomes of the money of a booking that ends, in minor units. */
interface Split {
  readonly refundAmount: Minor;
  readonly fee: Minor;
  /** Neither: its card's holder disputes it, or has won that, and the bank decides who has it. */
  readonly withheld: Minor;
}

/** Splits what can be given back of a booking's money, when so much of it is to be kept. Expects the booking locked. */
export async function splitRefundable(tx: Tx, booking: LockedBooking, toKeep: Minor): Promise<Split> {
  const refundable = await listRefundable(tx, booking);
  const left = sumOf(refundable, 'left');
  // Paid beyond its price, as after a dispute that was won: no fee is more than that.
  const fee = Math.min(toKeep, left, booking.totalPayable);
  return { refundAmount: left - fee, fee, withheld: sumOf(refundable, 'withheld') };
}
