import type { Payment, Tx } from '../../db/client.ts';
import type { LockedBooking } from '../../db/locks.ts';
import { freeWalletPart } from '../wallet/hold-wallet-part.ts';
import { findCurrentPayment } from './find-current-payment.ts';

/**
 * Takes note that a page is closed and nobody paid: a new one may be made as long as the hold lasts.
 *
 * Locks: expects the booking locked; with a part of the wallet, takes the property's ledger.
 */
export async function endUnpaid(
  tx: Tx,
  { booking, payment }: { booking: LockedBooking; payment: Payment },
): Promise<void> {
  await tx.payment.update({ where: { id: payment.id }, data: { stage: 'FAILED' } });
  await freeWalletPart(tx, booking, payment);
  if (booking.paymentStage !== 'SESSION_CREATED') return;
  // A page that was replaced by another says nothing about the booking.
  if ((await findCurrentPayment(tx, booking, ['SESSION_CREATED'])) !== null) return;
  await tx.booking.update({ where: { id: booking.id }, data: { paymentStage: 'FAILED' } });
}
