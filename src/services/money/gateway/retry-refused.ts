import type { Payment, Refund, Tx } from '../../../db/client.ts';
import type { LockedBooking } from '../../../db/locks.ts';
import { SYSTEM } from '../../../domain/booking/booking.ts';
import { computeRefundRetryDelayMs } from '../../../domain/money/retry-refund.ts';
import type { GatewayIntent } from '../../../domain/ports/gateway.ts';
import { CHARGE_DISPUTED, withholdRefunds } from '../dispute/withhold-refunds.ts';
import { recordEvent } from '../../core/transition/record-event.ts';
import { requestOperation } from '../operation/request-operation.ts';

interface RefusedOperation {
  readonly booking: LockedBooking;
  readonly reason: string;
  readonly requestId: string | null;
}

/**
 * Requests a refused void again with growing delays, while the authorization is open, and notifies staff.
 *
 * Locks: expects the booking locked.
 */
export async function retryVoid(
  tx: Tx,
  refused: RefusedOperation & { payment: Payment; intent: GatewayIntent },
): Promise<void> {
  const { booking, payment, intent, requestId } = refused;
  if (intent.status !== 'requires_capture') return;
  const notBefore = await findNextAttempt(tx, booking, { paymentId: payment.id, kind: 'VOID' });
  const request = { booking, paymentId: payment.id, author: { actor: SYSTEM, requestId }, notBefore };
  await requestOperation(tx, { ...request, kind: 'VOID' });
  await notifyStaff(tx, refused);
}

/**
 * Requests a refused refund again with growing delays, unless the refund is done or cancelled by now.
 *
 * Locks: expects the booking locked.
 */
export async function retryRefund(tx: Tx, refused: RefusedOperation & { refund: Refund }): Promise<void> {
  const { booking, reason, requestId } = refused;
  const refund = await tx.refund.findUniqueOrThrow({ where: { id: refused.refund.id } });
  if (refund.state === 'DONE' || refund.state === 'CANCELLED') return;
  await tx.refund.update({ where: { id: refund.id }, data: { state: 'PENDING', lastError: reason } });
  // The gateway refuses the refund until the bank has decided the dispute.
  if (reason === CHARGE_DISPUTED && (await isDisputed(tx, refund))) {
    const payment = await tx.payment.findUniqueOrThrow({ where: { id: refund.paymentId } });
    await withholdRefunds(tx, { booking, payment, author: { actor: SYSTEM, requestId } }, 'REFUSED');
    return;
  }
  const notBefore = await findNextAttempt(tx, booking, { refundId: refund.id });
  const request = {
    booking,
    paymentId: refund.paymentId,
    refundId: refund.id,
    author: { actor: SYSTEM, requestId },
    notBefore,
  };
  await requestOperation(tx, { ...request, kind: 'REFUND', params: { amount: Number(refund.amount) } });
  await notifyStaff(tx, refused);
}

/** Checks for a known open or lost dispute. A dispute not received yet withholds its refunds on arrival. */
async function isDisputed(tx: Tx, { paymentId }: Refund): Promise<boolean> {
  const dispute = await tx.dispute.findFirst({ where: { paymentId, status: { in: ['OPEN', 'LOST'] } } });
  return dispute !== null;
}

async function findNextAttempt(
  tx: Tx,
  booking: LockedBooking,
  which: { refundId: string } | { paymentId: string; kind: 'VOID' },
): Promise<Date> {
  const refusals = await tx.gatewayOperation.count({ where: { ...which, state: 'REFUSED' } });
  return new Date(booking.now.getTime() + computeRefundRetryDelayMs(refusals));
}

async function notifyStaff(tx: Tx, { booking, reason, requestId }: RefusedOperation): Promise<void> {
  const event = { booking, action: 'refund-refused', author: { actor: SYSTEM, requestId }, reason };
  await recordEvent(tx, { ...event, announce: ['payment_failed'] });
}
