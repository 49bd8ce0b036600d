import type { Payment, Refund, Tx } from '../../../db/client.ts';
import type { LockedBooking } from '../../../db/locks.ts';
import { SYSTEM } from '../../../domain/booking.ts';
import type { GatewayIntent } from '../../../domain/ports/gateway.ts';
import { CHARGE_DISPUTED, withholdRefunds } from '../../dispute/withhold-refunds.ts';
import { recordEvent } from '../../transition/record-event.ts';
import { requestOperation } from './request-operation.ts';

/** A refusal to give money back is rarely final: an empty balance is filled, another refund is done. */
const FIRST_WAIT_MS = 5 * 60_000;
/** Six doublings are five hours: by then somebody has seen it, and it goes on all the same. */
const MAX_DOUBLINGS = 6;

interface Refused {
  readonly booking: LockedBooking;
  readonly reason: string;
  readonly requestId: string | null;
}

/**
 * Asks again, later and later, for an authorization to be given back that the gateway still has, and tells staff.
 *
 * Locks: expects the booking locked.
 */
export async function tryVoidingAgain(
  tx: Tx,
  refused: Refused & { payment: Payment; intent: GatewayIntent },
): Promise<void> {
  const { booking, payment, intent, requestId } = refused;
  if (intent.status !== 'requires_capture') return;
  const notBefore = await whenAgain(tx, booking, { paymentId: payment.id, kind: 'VOID' });
  const request = { booking, paymentId: payment.id, actor: SYSTEM, requestId, notBefore };
  await requestOperation(tx, { ...request, kind: 'VOID' });
  await tellStaff(tx, refused);
}

/**
 * Asks again, later and later, for a refund that the gateway refused, unless it is settled otherwise by now.
 *
 * Locks: expects the booking locked.
 */
export async function tryRefundingAgain(tx: Tx, refused: Refused & { refund: Refund }): Promise<void> {
  const { booking, reason, requestId } = refused;
  const refund = await tx.refund.findUniqueOrThrow({ where: { id: refused.refund.id } });
  if (refund.state === 'DONE' || refund.state === 'CANCELLED') return;
  await tx.refund.update({ where: { id: refund.id }, data: { state: 'PENDING', lastError: reason } });
  // The bank decides who has the money; asked for again, it would be refused for as long as that takes.
  if (reason === CHARGE_DISPUTED && (await isDisputed(tx, refund))) {
    const payment = await tx.payment.findUniqueOrThrow({ where: { id: refund.paymentId } });
    await withholdRefunds(tx, { booking, payment, actor: SYSTEM, requestId }, 'REFUSED');
    return;
  }
  const notBefore = await whenAgain(tx, booking, { refundId: refund.id });
  const request = { booking, paymentId: refund.paymentId, refundId: refund.id, actor: SYSTEM, requestId, notBefore };
  await requestOperation(tx, { ...request, kind: 'REFUND', params: { amount: Number(refund.amount) } });
  await tellStaff(tx, refused);
}

/** Whether we know of the dispute ourselves; what we do not know of yet will see to its refunds when it is heard of. */
async function isDisputed(tx: Tx, { paymentId }: Refund): Promise<boolean> {
  const dispute = await tx.dispute.findFirst({ where: { paymentId, status: { in: ['OPEN', 'LOST'] } } });
  return dispute !== null;
}

async function whenAgain(
  tx: Tx,
  booking: LockedBooking,
  which: { refundId: string } | { paymentId: string; kind: 'VOID' },
): Promise<Date> {
  const refusals = await tx.gatewayOperation.count({ where: { ...which, state: 'REFUSED' } });
  return new Date(booking.now.getTime() + waitAfter(refusals));
}

/** How long to wait after so many refusals, in milliseconds. */
export function waitAfter(refusals: number): number {
  return FIRST_WAIT_MS * 2 ** Math.min(Math.max(refusals - 1, 0), MAX_DOUBLINGS);
}

async function tellStaff(tx: Tx, { booking, reason, requestId }: Refused): Promise<void> {
  const event = { booking, action: 'refund-refused', actor: SYSTEM, requestId, reason };
  await recordEvent(tx, { ...event, announce: ['payment_failed'] });
}
