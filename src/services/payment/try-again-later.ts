import type { Payment, Tx } from '../../db/client.ts';
import type { LockedBooking } from '../../db/locks.ts';
import { SYSTEM } from '../../domain/booking.ts';
import type { GatewayIntent } from '../../domain/gateway.ts';
import { requestOperation } from './request-operation.ts';

/** A refusal to give money back is rarely final: an empty balance is filled, another refund is done. */
const WAIT_MS = 5 * 60_000;

/** Asks again, a little later, for money back that the gateway refused to give while it still has it. */
export async function tryGivingBackAgain(
  tx: Tx,
  input: { booking: LockedBooking; payment: Payment; intent: GatewayIntent; requestId: string | null },
): Promise<void> {
  const { booking, payment, intent, requestId } = input;
  const request = {
    booking,
    paymentId: payment.id,
    actor: SYSTEM,
    requestId,
    notBefore: new Date(booking.now.getTime() + WAIT_MS),
  };
  if (intent.status === 'requires_capture') await requestOperation(tx, { ...request, kind: 'VOID' });
  const left = intent.amountCaptured - intent.amountRefunded;
  if (intent.status !== 'succeeded' || left <= 0) return;
  const params = { amount: left, refundedBefore: intent.amountRefunded };
  await requestOperation(tx, { ...request, kind: 'REFUND', params });
}
