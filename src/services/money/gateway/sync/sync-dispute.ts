import type { Context } from '../../../../context.ts';
import { lockBookingRow } from '../../../../db/locks.ts';
import { transaction } from '../../../../db/transaction.ts';
import { RESOURCE_MISSING } from '../../../../domain/ports/gateway.ts';
import { syncPayment } from './sync-payment.ts';
import { applyDispute } from '../../dispute/apply-dispute.ts';

interface Subject {
  readonly disputeId: string;
  /** The payment with the disputed charge. */
  readonly paymentId: string;
  readonly hint: { readonly sessionId: string | null; readonly intentId: string | null };
}

/**
 * Synchronizes a dispute with the gateway.
 *
 * The dispute is read before its payment, so every refund made before the dispute is seen; the gateway refuses later
 * refunds.
 * Idempotent: an applied state is not applied again.
 * Returns: false when the gateway did not answer.
 */
export async function syncDispute(ctx: Context, { disputeId, paymentId, hint }: Subject): Promise<boolean> {
  const answer = await ctx.gateway.getDispute(disputeId);
  if (answer.kind === 'REFUSED') return answer.code === RESOURCE_MISSING;
  if (answer.kind === 'UNKNOWN') return false;
  const truth = answer.value;
  if (!(await syncPayment(ctx, { paymentId, hint }))) return false;
  const applied = await transaction(ctx, async (tx) => {
    const { bookingId } = await tx.payment.findUniqueOrThrow({ where: { id: paymentId } });
    const booking = await lockBookingRow(tx, bookingId);
    const payment = await tx.payment.findUniqueOrThrow({ where: { id: paymentId } });
    // The event's payment id is not trusted: the gateway must link the dispute to this payment.
    if (booking === null || truth.intentId === null || truth.intentId !== payment.intentId) return null;
    return applyDispute(tx, { booking, payment, truth, requestId: null });
  });
  if (applied !== null) {
    const { code, status, amount, currency } = applied;
    ctx.log.warn({ event: 'payment/dispute', code, status, amount, currency }, 'payment/dispute');
  }
  ctx.nudge();
  return true;
}
