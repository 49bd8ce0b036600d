import type { Payment, Tx } from '../../../../db/client.ts';
import type { LockedBooking } from '../../../../db/locks.ts';
import { SYSTEM } from '../../../../domain/booking/booking.ts';
import { computeHoldDeadline } from '../../../../domain/booking/hold.ts';
import { releaseAllocation } from '../../../stock/allocation/release-allocation.ts';
import { recordEvent } from '../../../core/transition/record-event.ts';
import { requestOperation } from '../../operation/request-operation.ts';

/**
 * Abandons a capture that the gateway refuses: voids the authorization and lets the hold expire.
 *
 * Locks: expects the booking locked with its place.
 */
export async function abandonCapture(
  tx: Tx,
  { booking, payment, requestId }: { booking: LockedBooking; payment: Payment; requestId: string | null },
): Promise<void> {
  await tx.payment.update({ where: { id: payment.id }, data: { stage: 'AUTHORIZED' } });
  await requestOperation(tx, { booking, paymentId: payment.id, kind: 'VOID', author: { actor: SYSTEM, requestId } });
  // The guest can pay again: a hold until its deadline, a request within a new payment deadline.
  await tx.booking.update({
    where: { id: booking.id },
    data: {
      paymentStage: 'FAILED',
      ...(booking.status === 'PENDING_APPROVAL' && { expiresAt: computeHoldDeadline(booking) }),
    },
  });
  if (booking.status === 'EXPIRED') await releaseAllocation(tx, { booking });
  await recordEvent(tx, {
    booking,
    action: 'payment-failed',
    author: { actor: SYSTEM, requestId },
    announce: ['payment_failed'],
  });
}
