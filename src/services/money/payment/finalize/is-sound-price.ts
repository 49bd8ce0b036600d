import type { Tx } from '../../../../db/client.ts';
import type { LockedBooking } from '../../../../db/locks.ts';
import { recomputeTotals } from '../../../../domain/money/price/price-check.ts';
import type { Price } from '../../../../domain/money/price/price.ts';

/** Checks that the lines of a booking's frozen price add up to its total. */
export async function isSoundPrice(tx: Tx, booking: LockedBooking): Promise<boolean> {
  const row = await tx.booking.findUniqueOrThrow({ where: { id: booking.id }, select: { price: true } });
  const { totalPayable } = recomputeTotals(row.price as unknown as Price);
  return totalPayable === booking.totalPayable && booking.depositDue <= totalPayable;
}
