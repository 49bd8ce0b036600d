import type { Tx } from '../../db/client.ts';
import type { LockedBooking } from '../../db/locks.ts';
import type { Actor } from '../../domain/booking.ts';
import { changeBookingStatus } from '../transition/change-booking-status.ts';

const BY_PAYMENT: Actor = { type: 'PAYMENT', id: null, name: null };

/**
 * Lets a hold stand that has come to where nothing is to be paid first, or wait for staff where they approve.
 *
 * Left a hold it would end, because nobody can pay nothing.
 * Locks: expects the booking locked.
 */
export async function standWithoutPayment(
  tx: Tx,
  input: { booking: LockedBooking; depositDue: number; requestId: string | null },
): Promise<void> {
  const { booking, depositDue, requestId } = input;
  if (booking.status !== 'PENDING_PAYMENT' || depositDue > 0) return;
  const action = booking.approval === 'STAFF' ? 'authorize' : 'confirm';
  await changeBookingStatus(tx, { booking, action, actor: BY_PAYMENT, requestId, reason: 'nothing_to_pay' });
}
