import type { Context } from '../../../../context.ts';
import { transaction } from '../../../../db/transaction.ts';
import { RESOURCE_MISSING } from '../../../../domain/ports/gateway.ts';
import { lockBookingByIdWithAllocation } from '../../../core/booking/lock-booking.ts';
import { applyGatewayTruth } from '../truth/apply-gateway-truth.ts';
import { endUnknownSession } from '../truth/end-unknown-session.ts';
import { logFinalized } from '../../payment/finalize/log-finalized.ts';
import { lookUpPayment } from '../look-up-operation.ts';

/**
 * Synchronizes a payment with the gateway.
 *
 * `hint` holds ids of objects that may be missing in our row after a lost response. Objects that the gateway links to
 * another payment are ignored.
 * Returns: false when the gateway did not answer.
 */
export async function syncPayment(
  ctx: Context,
  input: { paymentId: string; hint: { sessionId: string | null; intentId: string | null } },
): Promise<boolean> {
  const payment = await ctx.db.payment.findUnique({ where: { id: input.paymentId } });
  if (payment === null) return true;
  const sessionId = payment.sessionId ?? input.hint.sessionId;
  const answer = await lookUpPayment(ctx, { sessionId, intentId: payment.intentId ?? input.hint.intentId });
  if (answer.kind === 'REFUSED' && answer.code === RESOURCE_MISSING) await endUnknownSession(ctx, payment);
  if (answer.kind !== 'DONE') return false;
  const truth = answer.value;
  const belongs = [truth.session, truth.intent].every((object) => object === null || object.paymentId === payment.id);
  if (!belongs) return true;
  const finalized = await transaction(ctx, async (tx) => {
    const booking = await lockBookingByIdWithAllocation(tx, { id: payment.bookingId });
    const current = await tx.payment.findUniqueOrThrow({ where: { id: payment.id } });
    return applyGatewayTruth(tx, { booking, payment: current, truth, requestId: null });
  });
  if (finalized !== null) logFinalized(ctx, finalized);
  ctx.nudge();
  return true;
}
