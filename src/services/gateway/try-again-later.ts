import type { Payment, Tx } from '../../db/client.ts';
import type { LockedBooking } from '../../db/locks.ts';
import { SYSTEM } from '../../domain/booking.ts';
import type { GatewayIntent } from '../../domain/ports/gateway.ts';
import { recordEvent } from '../transition/record-event.ts';
import { requestOperation } from './request-operation.ts';

/** A refusal to give money back is rarely final: an empty balance is filled, another refund is done. */
const FIRST_WAIT_MS = 5 * 60_000;
/** Six doublings are five hours: by then somebody has seen it, and it goes on all the same. */
const MAX_DOUBLINGS = 6;

/**
 * Asks again, later and later, for money back that the gateway refused to give while it still has it, and tells staff.
 *
 * For no more than was asked for: `refundUpTo` is what is to be given back in all, null for everything.
 * Locks: expects the booking locked.
 */
export async function tryGivingBackAgain(
  tx: Tx,
  input: {
    booking: LockedBooking;
    payment: Payment;
    intent: GatewayIntent;
    refundUpTo: number | null;
    reason: string;
    requestId: string | null;
  },
): Promise<void> {
  const { booking, payment, intent, reason, requestId } = input;
  const refusals = await tx.gatewayOperation.count({
    where: { paymentId: payment.id, kind: { in: ['VOID', 'REFUND'] }, state: 'REFUSED' },
  });
  const waitMs = FIRST_WAIT_MS * 2 ** Math.min(Math.max(refusals - 1, 0), MAX_DOUBLINGS);
  const notBefore = new Date(booking.now.getTime() + waitMs);
  const request = { booking, paymentId: payment.id, actor: SYSTEM, requestId, notBefore };
  const left = Math.min(input.refundUpTo ?? Infinity, intent.amountCaptured) - intent.amountRefunded;
  if (intent.status === 'requires_capture') {
    await requestOperation(tx, { ...request, kind: 'VOID' });
  } else if (intent.status === 'succeeded' && left > 0) {
    const params = { amount: left, refundedBefore: intent.amountRefunded };
    await requestOperation(tx, { ...request, kind: 'REFUND', params });
  } else return;
  const event = { booking, action: 'refund-refused', actor: SYSTEM, requestId, reason };
  await recordEvent(tx, { ...event, announce: ['payment_failed'] });
}
