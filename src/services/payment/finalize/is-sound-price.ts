import type { Tx } from '../../../db/client.ts';
import type { LockedBooking } from '../../../db/locks.ts';
import { addUpPrice } from '../../../domain/money/price/price-check.ts';
import type { Price } from '../../../domain/money/price/price.ts';

/** Whether the price a booking was held at adds up, from its own lines, to what the booking says is to be paid. */
export async function isSoundPrice(tx: Tx, booking: LockedBooking): Promise<boolean> {
  const row = await tx.booking.findUniqueOrThrow({ where: { id: booking.id }, select: { price: true } });
  const { totalPayable } = addUpPrice(row.price as unknown as Price);
  return totalPayable === booking.totalPayable && booking.depositDue <= totalPayable;
}
