import type { Payment, Refund, Tx } from '../../db/client.ts';
import type { LockedBooking } from '../../db/locks.ts';
import { SYSTEM } from '../../domain/booking.ts';
import { hasEnded } from '../../domain/booking-status.ts';
import { waitAfter } from '../gateway/operation/try-again-later.ts';
import { postTransfers } from '../ledger/post-transfers.ts';
import { earnRest } from '../ledger/settle-earnings.ts';
import { recordEvent } from '../transition/record-event.ts';
import { requestRefund } from './request-refund.ts';
import { noteRefunded } from './settle-refund.ts';
import { noteForgiven } from './waive-refunded.ts';

/**
 * Notes that a refund came back from the guest's bank: the money is ours again for now, and is sent once more later.
 *
 * Locks: expects the booking locked.
 */
export async function takeBackRefund(
  tx: Tx,
  input: { booking: LockedBooking; payment: Payment; refund: Refund; requestId: string | null },
): Promise<void> {
  const { booking, refund, requestId } = input;
  const { id: bookingId, propertyId, currency } = booking;
  const amount = Number(refund.amount - refund.uncoveredAmount);
  const names = { bookingId, paymentId: refund.paymentId, refundId: refund.id, amount };
  const uncovered = Number(refund.uncoveredAmount);
  await postTransfers(tx, {
    ...{ propertyId, currency, actor: SYSTEM, requestId },
    transfers: [
      { ...names, kind: 'PAYOUT_FAILED', from: { kind: 'GATEWAY' }, to: { kind: 'REFUNDS' } },
      { ...names, kind: 'REFUND_CANCELLED', from: { kind: 'REFUNDS' }, to: { kind: 'BOOKING', bookingId } },
      { ...names, kind: 'PAYOUT_FAILED', from: { kind: 'GATEWAY' }, to: { kind: 'LOSSES' }, amount: uncovered },
    ],
  });
  await tx.refund.update({ where: { id: refund.id }, data: { state: 'CANCELLED', lastError: 'refund_failed' } });
  const payment = await tx.payment.findUniqueOrThrow({ where: { id: refund.paymentId } });
  await noteRefunded(tx, { booking, payment, change: -amount });
  const event = { booking, action: 'refund-refused', actor: SYSTEM, requestId, reason: 'refund_failed' };
  await recordEvent(tx, { ...event, announce: ['payment_failed'] });
  // One from the dashboard is for whoever made it to make again.
  if (refund.origin === 'GATEWAY' || amount === 0) {
    await noteForgiven(tx, booking, -amount);
    if (hasEnded(booking.status)) await earnRest(tx, { booking, actor: SYSTEM, requestId });
    return;
  }
  const failures = await tx.refund.count({ where: { paymentId: refund.paymentId, lastError: 'refund_failed' } });
  await requestRefund(tx, {
    ...{ booking, payment, amount, destination: 'CARD', origin: refund.origin, actor: SYSTEM, requestId },
    ...{ reason: refund.reason, notBefore: new Date(booking.now.getTime() + waitAfter(failures)) },
  });
}
