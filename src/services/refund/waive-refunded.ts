import type { Tx } from '../../db/client.ts';
import type { LockedBooking } from '../../db/locks.ts';
import type { BookingStatus } from '../../domain/booking-status.ts';

/** What stands or has stood: the guest would otherwise owe again what was given back out of kindness. */
const STANDS: readonly BookingStatus[] = ['CONFIRMED', 'IN_HOUSE', 'COMPLETED', 'NO_SHOW'];

/** Sees to it that money given back from a booking that stands is not asked for again. Expects it locked. */
export async function waiveRefunded(tx: Tx, booking: LockedBooking, amount: number): Promise<void> {
  if (amount === 0 || !STANDS.includes(booking.status)) return;
  await tx.booking.update({ where: { id: booking.id }, data: { waivedAmount: { increment: amount } } });
}
