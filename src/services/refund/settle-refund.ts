import type { Payment, Refund, Tx } from '../../db/client.ts';
import type { LockedBooking } from '../../db/locks.ts';
import type { Actor } from '../../domain/booking.ts';
import type { BookingStatus } from '../../domain/booking-status.ts';
import { payAgainUntil } from '../hold/pay-again-until.ts';
import { postTransfers } from '../ledger/post-transfers.ts';
import type { AccountName } from '../ledger/post-transfers.ts';
import { recordEvent } from '../transition/record-event.ts';

interface Settled {
  readonly booking: LockedBooking;
  readonly refund: Refund;
  readonly actor: Actor;
  readonly requestId: string | null;
  /** Of the gateway's refund. */
  readonly gatewayRefundId?: string;
}

/** What does not stand yet and got its money back may end, or be paid for again. */
const UNDECIDED: readonly BookingStatus[] = ['PENDING_PAYMENT', 'PENDING_APPROVAL'];

/**
 * Notes that a refund is out: the money has left the books, and counts as paid no longer.
 *
 * Locks: expects the booking locked, and the refund open.
 */
export async function settleRefund(tx: Tx, settled: Settled): Promise<void> {
  const { booking, refund, actor, requestId, gatewayRefundId } = settled;
  const covered = Number(refund.amount - refund.uncoveredAmount);
  const payment = await tx.payment.findUniqueOrThrow({ where: { id: refund.paymentId } });
  await tx.refund.update({
    where: { id: refund.id },
    data: { state: 'DONE', settledAt: booking.now, lastError: null, ...(gatewayRefundId && { gatewayRefundId }) },
  });
  await postTransfers(tx, {
    ...{ propertyId: booking.propertyId, currency: booking.currency, actor, requestId },
    transfers: [
      {
        ...{ kind: 'PAYOUT', amount: covered, from: { kind: 'REFUNDS' }, to: accountOf(booking, refund, payment) },
        ...{ bookingId: booking.id, paymentId: payment.id, refundId: refund.id },
      },
    ],
  });
  await noteRefunded(tx, { booking, payment, change: covered });
  await tellOf(tx, settled, { covered, payment });
}

/** Where the money goes: to the card by the gateway, into the wallet, or back by hand the way it came. */
function accountOf(booking: LockedBooking, refund: Refund, payment: Payment): AccountName {
  if (refund.destination === 'CARD') return { kind: 'GATEWAY' };
  if (refund.destination === 'WALLET') return { kind: 'WALLET', customerId: booking.customerId };
  return { kind: 'MANUAL', method: payment.method };
}

/** Brings payment and booking to what is refunded now; `change` is below zero when a refund came back. */
export async function noteRefunded(
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
  const ofAll = stageOf({ refundedAmount: Number(sum.refundedAmount ?? 0), left: Number(paid.paidAmount) });
  const isCard = payment.provider === 'STRIPE';
  const paymentStage = isCard && UNDECIDED.includes(booking.status) ? 'FAILED' : ofAll;
  // Of what was never said to be paid in full, nothing is said now.
  const said = isCard ? {} : { paymentStage: { in: [...SAID_TO_BE_PAID] } };
  await tx.booking.updateMany({ where: { id: booking.id, ...said }, data: { paymentStage } });
  const isUnpaid = isCard && change > 0 && Number(paid.paidAmount) < booking.depositDue;
  if (isUnpaid && booking.status === 'PENDING_APPROVAL') {
    await tx.booking.update({ where: { id: booking.id }, data: { expiresAt: payAgainUntil(booking) } });
  }
}

const SAID_TO_BE_PAID = ['CAPTURED', 'PARTIALLY_REFUNDED'] as const;

function stageOf({ refundedAmount, left }: { refundedAmount: number; left: number }): Payment['stage'] {
  if (refundedAmount === 0) return 'CAPTURED';
  return left <= 0 ? 'REFUNDED' : 'PARTIALLY_REFUNDED';
}

async function tellOf(
  tx: Tx,
  { booking, refund, actor, requestId }: Settled,
  { covered, payment }: { covered: number; payment: Payment },
): Promise<void> {
  const { paidAmount } = await tx.booking.findUniqueOrThrow({
    where: { id: booking.id },
    select: { paidAmount: true },
  });
  const where = refund.destination === 'CARD' ? `pi_…${(payment.intentId ?? '').slice(-4)}` : refund.destination;
  await recordEvent(tx, {
    ...{ booking, action: 'refund', actor, requestId, reason: where },
    changes: { paidAmount: [Number(paidAmount) + covered, Number(paidAmount)] },
    announce: ['refund_issued'],
  });
}
