import type { Payment, Refund, Tx } from '../../../db/client.ts';
import type { LockedBooking } from '../../../db/locks.ts';
import type { Author } from '../../../domain/booking/booking.ts';
import { isUnconfirmed } from '../../../domain/booking-status.ts';
import { computeHoldDeadline } from '../../../domain/booking/hold.ts';
import { postTransfers } from '../ledger/post-transfers.ts';
import type { AccountName } from '../ledger/post-transfers.ts';
import { recordEvent } from '../../core/transition/record-event.ts';

interface CompletedRefund {
  readonly booking: LockedBooking;
  readonly refund: Refund;
  readonly author: Author;
  /** Id of the refund at the gateway. */
  readonly gatewayRefundId?: string;
}

/**
 * Records that a refund was paid out: posts the payout and lowers the booking's paid amount.
 *
 * Locks: expects the booking locked and the refund open.
 */
export async function recordRefund(tx: Tx, completed: CompletedRefund): Promise<void> {
  const { booking, refund, author, gatewayRefundId } = completed;
  const covered = Number(refund.amount - refund.uncoveredAmount);
  const payment = await tx.payment.findUniqueOrThrow({ where: { id: refund.paymentId } });
  await tx.refund.update({
    where: { id: refund.id },
    data: { state: 'DONE', settledAt: booking.now, lastError: null, ...(gatewayRefundId && { gatewayRefundId }) },
  });
  await postTransfers(tx, {
    propertyId: booking.propertyId,
    currency: booking.currency,
    author,
    transfers: [
      {
        kind: 'PAYOUT',
        amount: covered,
        from: { kind: 'REFUNDS' },
        to: payoutAccount(booking, refund, payment),
        bookingId: booking.id,
        paymentId: payment.id,
        refundId: refund.id,
      },
    ],
  });
  await updateRefundedAmount(tx, { booking, payment, change: covered });
  await announceRefund(tx, completed, { covered, payment });
}

/** Picks the ledger account of a refund's destination. A manual refund uses the payment's own method. */
function payoutAccount(booking: LockedBooking, refund: Refund, payment: Payment): AccountName {
  if (refund.destination === 'CARD') return { kind: 'GATEWAY' };
  if (refund.destination === 'WALLET') return { kind: 'WALLET', customerId: booking.customerId };
  return { kind: 'MANUAL', method: payment.method };
}

/**
 * Updates the refunded amount and the stages of payment and booking.
 *
 * `change` is in minor units, and negative when the bank returned a refund.
 */
export async function updateRefundedAmount(
  tx: Tx,
  { booking, payment, change }: { booking: LockedBooking; payment: Payment; change: number },
): Promise<void> {
  const refundedAmount = Number(payment.refundedAmount) + change;
  const stage = stageOf({ refundedAmount, left: Number(payment.amount) - refundedAmount });
  await tx.payment.update({ where: { id: payment.id }, data: { stage, refundedAmount } });
  const paid = await tx.booking.update({
    where: { id: booking.id },
    data: { paidAmount: { decrement: change } },
    select: { paidAmount: true },
  });
  const { _sum: sum } = await tx.payment.aggregate({
    where: { bookingId: booking.id },
    _sum: { refundedAmount: true },
  });
  const overallStage = stageOf({ refundedAmount: Number(sum.refundedAmount ?? 0), left: Number(paid.paidAmount) });
  const isCard = payment.provider === 'STRIPE';
  // FAILED lets an unconfirmed booking lapse, or be paid again, after the refund.
  const paymentStage = isCard && isUnconfirmed(booking.status) ? 'FAILED' : overallStage;
  // A refund by wallet or by hand changes the stage only of a booking that was paid in full.
  const stageFilter = isCard ? {} : { paymentStage: { in: [...PAID_STAGES] } };
  await tx.booking.updateMany({ where: { id: booking.id, ...stageFilter }, data: { paymentStage } });
  const isUnpaid = isCard && change > 0 && Number(paid.paidAmount) < booking.depositDue;
  if (isUnpaid && booking.status === 'PENDING_APPROVAL') {
    await tx.booking.update({ where: { id: booking.id }, data: { expiresAt: computeHoldDeadline(booking) } });
  }
}

const PAID_STAGES = ['CAPTURED', 'PARTIALLY_REFUNDED'] as const;

function stageOf({ refundedAmount, left }: { refundedAmount: number; left: number }): Payment['stage'] {
  if (refundedAmount === 0) return 'CAPTURED';
  return left <= 0 ? 'REFUNDED' : 'PARTIALLY_REFUNDED';
}

async function announceRefund(
  tx: Tx,
  { booking, refund, author }: CompletedRefund,
  { covered, payment }: { covered: number; payment: Payment },
): Promise<void> {
  const { paidAmount } = await tx.booking.findUniqueOrThrow({
    where: { id: booking.id },
    select: { paidAmount: true },
  });
  const where = refund.destination === 'CARD' ? `pi_…${(payment.intentId ?? '').slice(-4)}` : refund.destination;
  await recordEvent(tx, {
    booking,
    action: 'refund',
    author,
    reason: where,
    changes: { paidAmount: [Number(paidAmount) + covered, Number(paidAmount)] },
    announce: ['refund_issued'],
  });
}
