import type { Tx } from '../../../db/client.ts';
import type { LockedBooking } from '../../../db/locks.ts';
import { computeAmountNeeded } from '../../../domain/booking/amount-needed.ts';
import type { AmountNeeded } from '../../../domain/booking/amount-needed.ts';
import { sumOpenRefunds } from './sum-open-refunds.ts';

/** Reads the payments that a booking still needs. Locks: expects the booking locked, and as it was read. */
export async function readAmountNeeded(tx: Tx, booking: LockedBooking): Promise<AmountNeeded> {
  return computeAmountNeeded({ ...booking, refunding: await sumOpenRefunds(tx, booking) });
}
