import type { Tx } from '../../db/client.ts';
import type { LockedBooking } from '../../db/locks.ts';
import type { Actor } from '../../domain/booking.ts';
import { findCurrentPayment } from './find-current-payment.ts';
import { requestOperation } from '../gateway/request-operation.ts';

/**
 * Writes down how a booking that ends gives the guest's money back: an open page is closed, an authorization voided, a
 * capture refunded. Answers the operations to run.
 *
 * Locks: expects the booking locked.
 */
export async function giveMoneyBack(
  tx: Tx,
  input: { booking: LockedBooking; actor: Actor; requestId: string | null },
): Promise<string[]> {
  const { booking } = input;
  const request = { ...input, runsAtOnce: true };
  const operations: string[] = [];
  const open = await findCurrentPayment(tx, booking, ['SESSION_CREATED']);
  if (open !== null)
    operations.push(await requestOperation(tx, { ...request, paymentId: open.id, kind: 'EXPIRE_SESSION' }));
  const authorized = await findCurrentPayment(tx, booking, ['AUTHORIZED']);
  if (authorized !== null)
    operations.push(await requestOperation(tx, { ...request, paymentId: authorized.id, kind: 'VOID' }));
  const captured = await tx.payment.findMany({
    where: { bookingId: booking.id, provider: 'STRIPE', stage: { in: ['CAPTURED', 'PARTIALLY_REFUNDED'] } },
  });
  for (const payment of captured) {
    const refundedBefore = Number(payment.refundedAmount);
    const params = { amount: Number(payment.amount) - refundedBefore, refundedBefore };
    operations.push(await requestOperation(tx, { ...request, paymentId: payment.id, kind: 'REFUND', params }));
  }
  return operations;
}
