import type { Payment, Refund, Tx } from '../../../db/client.ts';
import type { LockedBooking } from '../../../db/locks.ts';
import { SYSTEM } from '../../../domain/booking/booking.ts';
import { hasEnded } from '../../../domain/booking-status.ts';
import { computeRefundRetryDelayMs } from '../../../domain/money/retry-refund.ts';
import { postTransfers } from '../ledger/post-transfers.ts';
import { recognizeRest } from '../ledger/recognize-earnings.ts';
import { recordEvent } from '../../core/transition/record-event.ts';
import { requestRefund } from './request-refund.ts';
import { updateRefundedAmount } from './record-refund.ts';
import { recordWaiver } from './record-waiver.ts';

/**
 * Reverts a refund that the guest's bank returned, and requests the refund again later.
 *
 * Locks: expects the booking locked.
 */
export async function revertRefund(
  tx: Tx,
  input: { booking: LockedBooking; payment: Payment; refund: Refund; requestId: string | null },
): Promise<void> {
  const { booking, refund, requestId } = input;
  const { id: bookingId, propertyId, currency } = booking;
  const amount = Number(refund.amount - refund.uncoveredAmount);
  const names = { bookingId, paymentId: refund.paymentId, refundId: refund.id, amount };
  const uncovered = Number(refund.uncoveredAmount);
  await postTransfers(tx, {
    propertyId,
    currency,
    author: { actor: SYSTEM, requestId },
    transfers: [
      { ...names, kind: 'PAYOUT_FAILED', from: { kind: 'GATEWAY' }, to: { kind: 'REFUNDS' } },
      { ...names, kind: 'REFUND_CANCELLED', from: { kind: 'REFUNDS' }, to: { kind: 'BOOKING', bookingId } },
      { ...names, kind: 'PAYOUT_FAILED', from: { kind: 'GATEWAY' }, to: { kind: 'LOSSES' }, amount: uncovered },
    ],
  });
  await tx.refund.update({ where: { id: refund.id }, data: { state: 'CANCELLED', lastError: 'refund_failed' } });
  const payment = await tx.payment.findUniqueOrThrow({ where: { id: refund.paymentId } });
  await updateRefundedAmount(tx, { booking, payment, change: -amount });
  const event = { booking, action: 'refund-refused', author: { actor: SYSTEM, requestId }, reason: 'refund_failed' };
  const { paidAmount } = await tx.booking.findUniqueOrThrow({ where: { id: bookingId }, select: { paidAmount: true } });
  const changes = { paidAmount: [Number(paidAmount) - amount, Number(paidAmount)] } as const;
  await recordEvent(tx, { ...event, changes, announce: ['payment_failed'] });
  // A refund made in the gateway's dashboard is repeated there, by staff.
  if (refund.origin === 'GATEWAY' || amount === 0) {
    const author = { actor: SYSTEM, requestId };
    await recordWaiver(tx, booking, { amount: -amount, author, reason: 'refund_failed' });
    if (hasEnded(booking.status)) await recognizeRest(tx, { booking, author });
    return;
  }
  const failures = await tx.refund.count({ where: { paymentId: refund.paymentId, lastError: 'refund_failed' } });
  await requestRefund(tx, {
    booking,
    payment,
    amount,
    destination: 'CARD',
    origin: refund.origin,
    author: { actor: SYSTEM, requestId },
    reason: refund.reason,
    notBefore: new Date(booking.now.getTime() + computeRefundRetryDelayMs(failures)),
  });
}
