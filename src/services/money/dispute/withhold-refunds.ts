import type { Payment, Refund, Tx } from '../../../db/client.ts';
import type { LockedBooking } from '../../../db/locks.ts';
import { SYSTEM } from '../../../domain/booking/booking.ts';
import type { Author } from '../../../domain/booking/booking.ts';
import { hasEnded } from '../../../domain/booking-status.ts';
import { OPEN_STATES } from '../../../domain/money/open-state.ts';
import { postTransfers } from '../ledger/post-transfers.ts';
import { recognizeRest } from '../ledger/recognize-earnings.ts';
import { listRefundable } from '../refund/refund-from-payments.ts';
import { requestRefund } from '../refund/request-refund.ts';
import { recordWaiver } from '../refund/record-waiver.ts';
import { recordEvent } from '../../core/transition/record-event.ts';

interface DisputedPayment {
  readonly booking: LockedBooking;
  readonly payment: Payment;
  readonly author: Author;
}

/** Stripe's error code for the refund of a charge whose dispute is open or lost. */
export const CHARGE_DISPUTED = 'charge_disputed';

/**
 * Cancels open card refunds of a disputed charge.
 *
 * REFUSED cancels only the refunds that the gateway refused; during an inquiry the gateway refuses none. ALL is for a
 * lost dispute, because the bank has refunded the guest already.
 * Locks: expects the booking locked.
 */
export async function withholdRefunds(tx: Tx, disputed: DisputedPayment, which: 'REFUSED' | 'ALL'): Promise<void> {
  const { booking, payment, author } = disputed;
  const refunds = await tx.refund.findMany({
    where: {
      paymentId: payment.id,
      destination: 'CARD',
      state: { in: [...OPEN_STATES] },
      ...(which === 'REFUSED' && { lastError: CHARGE_DISPUTED }),
    },
    orderBy: { id: 'asc' },
  });
  for (const refund of refunds) await withhold(tx, disputed, refund);
  if (refunds.length > 0 && hasEnded(booking.status)) await recognizeRest(tx, { booking, author });
}

async function withhold(tx: Tx, { booking, author }: DisputedPayment, refund: Refund): Promise<void> {
  const amount = Number(refund.amount - refund.uncoveredAmount);
  await tx.refund.update({ where: { id: refund.id }, data: { state: 'CANCELLED', lastError: CHARGE_DISPUTED } });
  await tx.gatewayOperation.updateMany({
    where: { refundId: refund.id, state: { in: [...OPEN_STATES] } },
    data: { state: 'REFUSED', outcome: CHARGE_DISPUTED, settledAt: booking.now, leasedUntil: null },
  });
  // A refund that is not made waives nothing.
  if (refund.origin !== 'SYSTEM') await recordWaiver(tx, booking, { amount: -amount, author, reason: 'disputed' });
  const { id: bookingId, propertyId, currency } = booking;
  await postTransfers(tx, {
    propertyId,
    currency,
    author,
    transfers: [
      {
        kind: 'REFUND_CANCELLED',
        from: { kind: 'REFUNDS' },
        to: { kind: 'BOOKING', bookingId },
        amount,
        bookingId,
        paymentId: refund.paymentId,
        refundId: refund.id,
      },
    ],
  });
  const event = { booking, action: 'refund-withheld', author, reason: 'disputed' };
  await recordEvent(tx, { ...event, changes: { refundAmount: [amount, 0] }, announce: ['payment_failed'] });
}

/**
 * Requests the refunds withheld for a dispute again, once the dispute is won.
 *
 * The payment's refundable amount limits each refund.
 * Locks: expects the booking locked.
 */
export async function resumeRefunds(tx: Tx, { booking, payment, author }: DisputedPayment): Promise<void> {
  const withheld = { paymentId: payment.id, state: 'CANCELLED', lastError: CHARGE_DISPUTED } as const;
  for (const refund of await tx.refund.findMany({ where: withheld, orderBy: { id: 'asc' } })) {
    const refundable = (await listRefundable(tx, booking)).find((one) => one.payment.id === payment.id);
    const amount = Math.min(Number(refund.amount - refund.uncoveredAmount), refundable?.left ?? 0);
    if (refundable === undefined || amount <= 0) continue;
    await tx.refund.update({ where: { id: refund.id }, data: { lastError: null } });
    await requestRefund(tx, {
      booking,
      payment: refundable.payment,
      amount,
      destination: 'CARD',
      origin: refund.origin,
      author: { actor: SYSTEM, requestId: author.requestId },
      reason: refund.reason,
    });
    const { reason } = refund;
    if (refund.origin !== 'SYSTEM') await recordWaiver(tx, booking, { amount, author, reason });
  }
}
