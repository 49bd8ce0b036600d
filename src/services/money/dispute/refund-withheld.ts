import type { Payment, Tx } from '../../../db/client.ts';
import type { LockedBooking } from '../../../db/locks.ts';
import { SYSTEM } from '../../../domain/booking/booking.ts';
import type { Author } from '../../../domain/booking/booking.ts';
import { isNothingOwed } from '../../../domain/booking-status.ts';
import { recognizeRest } from '../ledger/recognize-earnings.ts';
import { listRefundable, sumRefundable } from '../refund/refund-from-payments.ts';
import { requestRefund } from '../refund/request-refund.ts';

/**
 * Refunds what the policy of a cancelled booking or a no-show allows of a charge whose dispute was won.
 *
 * The booking's fee counts the money that was withheld, so everything beyond the fee goes back.
 * Locks: expects the booking locked.
 */
export async function refundWithheld(
  tx: Tx,
  { booking, payment, author }: { booking: LockedBooking; payment: Payment; author: Author },
): Promise<void> {
  if (!isNothingOwed(booking.status)) return;
  const refundable = await listRefundable(tx, booking);
  const left = refundable.find((one) => one.payment.id === payment.id)?.left ?? 0;
  const { feeAmount } = await tx.booking.findUniqueOrThrow({
    where: { id: booking.id },
    select: { feeAmount: true },
  });
  const amount = Math.min(left, sumRefundable(refundable, 'left') - Number(feeAmount));
  if (amount > 0) {
    await requestRefund(tx, {
      booking,
      payment,
      amount,
      destination: 'CARD',
      origin: 'POLICY',
      author: { actor: SYSTEM, requestId: author.requestId },
      reason: 'dispute won',
    });
  }
  await recognizeRest(tx, { booking, author });
}
