import type { Tx } from '../../../db/client.ts';
import type { LockedBooking } from '../../../db/locks.ts';
import type { Actor } from '../../../domain/booking/booking.ts';
import { changeBookingStatus } from '../../core/transition/change-booking-status.ts';

const BY_PAYMENT: Actor = { type: 'PAYMENT', id: null, name: null };

/**
 * Confirms a hold that needs no payment any more, or queues the hold for approval.
 *
 * Without this step the hold would expire, because no payment of zero can confirm a hold.
 * Locks: expects the booking locked.
 */
export async function confirmWithoutPayment(
  tx: Tx,
  input: { booking: LockedBooking; depositDue: number; requestId: string | null },
): Promise<void> {
  const { booking, depositDue, requestId } = input;
  if (booking.status !== 'PENDING_PAYMENT' || depositDue > 0) return;
  const action = booking.approval === 'STAFF' ? 'authorize' : 'confirm';
  await changeBookingStatus(tx, {
    booking,
    action,
    author: { actor: BY_PAYMENT, requestId },
    reason: 'nothing_to_pay',
  });
}
