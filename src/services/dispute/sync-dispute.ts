import type { Context } from '../../context.ts';
import { lockBookingRow } from '../../db/locks.ts';
import { transaction } from '../../db/transaction.ts';
import { UNKNOWN_THERE } from '../../domain/ports/gateway.ts';
import { syncPayment } from '../gateway/sync-payment.ts';
import { applyDispute } from './apply-dispute.ts';

interface Subject {
  readonly disputeId: string;
  /** Whose charge it is about. */
  readonly paymentId: string;
  readonly hint: { readonly sessionId: string | null; readonly intentId: string | null };
}

/**
 * Reads from the gateway how a dispute stands, and brings ours to it. Answers false when the gateway did not say.
 *
 * The dispute is read before its payment: a refund that was made in time is then seen with it, and later ones the gateway
 * refuses. Idempotent: what has been applied is not applied again.
 */
export async function syncDispute(ctx: Context, { disputeId, paymentId, hint }: Subject): Promise<boolean> {
  const answer = await ctx.gateway.getDispute(disputeId);
  if (answer.kind === 'REFUSED') return answer.code === UNKNOWN_THERE;
  if (answer.kind === 'UNKNOWN') return false;
  const truth = answer.value;
  if (!(await syncPayment(ctx, { paymentId, hint }))) return false;
  const applied = await transaction(ctx, async (tx) => {
    const { bookingId } = await tx.payment.findUniqueOrThrow({ where: { id: paymentId } });
    const booking = await lockBookingRow(tx, bookingId);
    const payment = await tx.payment.findUniqueOrThrow({ where: { id: paymentId } });
    // Only what the gateway itself says is about this payment counts.
    if (booking === null || truth.intentId === null || truth.intentId !== payment.intentId) return null;
    return applyDispute(tx, { booking, payment, truth, requestId: ctx.request.id });
  });
  if (applied !== null) {
    const { code, status, amount, currency } = applied;
    ctx.log.warn({ event: 'payment/dispute', code, status, amount, currency }, 'payment/dispute');
  }
  ctx.nudge();
  return true;
}
