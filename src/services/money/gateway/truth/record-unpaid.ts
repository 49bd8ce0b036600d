import type { Payment, Tx } from '../../../../db/client.ts';
import type { LockedBooking } from '../../../../db/locks.ts';
import { releaseWalletPart } from '../../wallet/hold-wallet-part.ts';
import { findCurrentPayment } from '../../payment/find-current-payment.ts';

/**
 * Records a checkout session that ended unpaid. The guest may open a new session while the hold lasts.
 *
 * Locks: expects the booking locked; then the property's ledger, for a reserved wallet part.
 */
export async function recordUnpaid(
  tx: Tx,
  { booking, payment }: { booking: LockedBooking; payment: Payment },
): Promise<void> {
  await tx.payment.update({ where: { id: payment.id }, data: { stage: 'FAILED' } });
  await releaseWalletPart(tx, booking, payment);
  if (booking.paymentStage !== 'SESSION_CREATED') return;
  // A replaced checkout session says nothing about the booking.
  if ((await findCurrentPayment(tx, booking, ['SESSION_CREATED'])) !== null) return;
  await tx.booking.update({ where: { id: booking.id }, data: { paymentStage: 'FAILED' } });
}
