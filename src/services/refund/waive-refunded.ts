import type { Tx } from '../../db/client.ts';
import type { LockedBooking } from '../../db/locks.ts';
import type { BookingStatus } from '../../domain/booking-status.ts';
import { sumOpenRefunds } from './give-back.ts';

/** What stands or has stood: the guest would otherwise owe again what was given back out of kindness. */
const STANDS: readonly BookingStatus[] = ['CONFIRMED', 'IN_HOUSE', 'COMPLETED', 'NO_SHOW'];
/** What ended before its time: what is left of its money was kept. */
const KEEPS_FEE: readonly BookingStatus[] = ['CANCELLED', 'DECLINED', 'EXPIRED', 'NO_SHOW'];

/**
 * Sees to it that money given back from a booking that stands is not asked for again; below zero, that it is.
 *
 * No more is waived than would be owed: money beyond the price was never asked for. Expects the booking locked, and the
 * refund written down.
 */
export async function waiveRefunded(tx: Tx, booking: LockedBooking, amount: number): Promise<void> {
  if (amount === 0 || !STANDS.includes(booking.status)) return;
  const { id } = booking;
  const row = await tx.booking.findUniqueOrThrow({ where: { id } });
  const owed = Number(row.totalPayable - row.paidAmount - row.waivedAmount) + (await sumOpenRefunds(tx, booking));
  const change = Math.max(Math.min(amount, Math.max(0, owed)), -Number(row.waivedAmount));
  await tx.booking.update({ where: { id }, data: { waivedAmount: { increment: change } } });
}

/**
 * The same for money that nobody had to give back: of a booking that has ended, it is no longer kept as a fee either.
 *
 * Expects the booking locked, and the refund written down.
 */
export async function noteForgiven(tx: Tx, booking: LockedBooking, amount: number): Promise<void> {
  await waiveRefunded(tx, booking, amount);
  if (amount === 0 || !KEEPS_FEE.includes(booking.status)) return;
  await tx.$executeRaw`
    UPDATE bookings SET fee_amount = greatest(0, least(fee_amount - ${amount}::bigint, total_payable))
    WHERE id = ${booking.id}::uuid`;
}
