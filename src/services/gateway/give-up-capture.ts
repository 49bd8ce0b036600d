import type { Payment, Tx } from '../../db/client.ts';
import type { LockedBooking } from '../../db/locks.ts';
import { SYSTEM } from '../../domain/booking.ts';
import { payAgainUntil } from '../hold/pay-again-until.ts';
import { releasePlace } from '../inventory/release-place.ts';
import { recordEvent } from '../transition/record-event.ts';
import { requestOperation } from './operation/request-operation.ts';

/**
 * Ends an authorization that the gateway will not capture: it is given back, and a hold may end again.
 *
 * Locks: expects the booking locked with its place.
 */
export async function giveUpCapture(
  tx: Tx,
  { booking, payment, requestId }: { booking: LockedBooking; payment: Payment; requestId: string | null },
): Promise<void> {
  await tx.payment.update({ where: { id: payment.id }, data: { stage: 'AUTHORIZED' } });
  await requestOperation(tx, { booking, paymentId: payment.id, kind: 'VOID', actor: SYSTEM, requestId });
  // The guest can pay again: a hold until its own deadline, a request for as long as a hold.
  await tx.booking.update({
    where: { id: booking.id },
    data: {
      paymentStage: 'FAILED',
      ...(booking.status === 'PENDING_APPROVAL' && { expiresAt: payAgainUntil(booking) }),
    },
  });
  if (booking.status === 'EXPIRED') await releasePlace(tx, { booking });
  await recordEvent(tx, { booking, action: 'payment-failed', actor: SYSTEM, requestId, announce: ['payment_failed'] });
}
