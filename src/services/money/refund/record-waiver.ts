import type { Tx } from '../../../db/client.ts';
import type { LockedBooking } from '../../../db/locks.ts';
import type { Author } from '../../../domain/booking/booking.ts';
import { isNothingOwed, isUnconfirmed } from '../../../domain/booking-status.ts';
import { computeBalance } from '../../../domain/booking/balance.ts';
import { recordEvent } from '../../core/transition/record-event.ts';
import { sumOpenRefunds } from '../payment/sum-open-refunds.ts';

/** The refund behind a waiver, for the history. */
interface Waiver {
  /** In minor units; negative takes a waiver back. */
  readonly amount: number;
  readonly author: Author;
  readonly reason: string | null;
}

/**
 * Waives the balance that a refund of `amount` would create; a negative amount takes the waiver back.
 *
 * Without a waiver the guest would owe a goodwill refund again. The waiver never exceeds the balance, because money
 * beyond the price was never due. The history says who waived how much, and why.
 * Locks: expects the booking locked and the refund written.
 */
export async function waiveBalance(tx: Tx, booking: LockedBooking, { amount, author, reason }: Waiver): Promise<void> {
  if (amount === 0 || isUnconfirmed(booking.status) || isNothingOwed(booking.status)) return;
  const { id } = booking;
  const row = await tx.booking.findUniqueOrThrow({ where: { id } });
  const [totalPayable, paidAmount] = [Number(row.totalPayable), Number(row.paidAmount)];
  const before = Number(row.waivedAmount);
  const owed = computeBalance({ totalPayable, paidAmount, waivedAmount: before }) + (await sumOpenRefunds(tx, booking));
  const waivedAmount = before + Math.max(Math.min(amount, Math.max(0, owed)), -before);
  if (waivedAmount === before) return;
  await tx.booking.update({ where: { id }, data: { waivedAmount } });
  const changes = { waivedAmount: [before, waivedAmount] } as const;
  await recordEvent(tx, { booking, action: 'waiver', author, reason, changes, announce: [] });
}

/**
 * Waives the balance after a goodwill refund, and lowers the fee of a booking that ended early.
 *
 * Money left on a booking that owes nothing more is the property's fee.
 * Locks: expects the booking locked and the refund written.
 */
export async function recordWaiver(tx: Tx, booking: LockedBooking, waiver: Waiver): Promise<void> {
  const { amount, author, reason } = waiver;
  await waiveBalance(tx, booking, waiver);
  if (amount === 0 || !isNothingOwed(booking.status)) return;
  const { id } = booking;
  const { feeAmount } = await tx.booking.findUniqueOrThrow({ where: { id }, select: { feeAmount: true } });
  const before = Number(feeAmount);
  const fee = Math.max(0, Math.min(before - amount, booking.totalPayable));
  if (fee === before) return;
  await tx.booking.update({ where: { id }, data: { feeAmount: fee } });
  const changes = { feeAmount: [before, fee] } as const;
  await recordEvent(tx, { booking, action: 'fee', author, reason, changes, announce: [] });
}
