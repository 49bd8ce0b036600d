import type { Context } from '../../context.ts';
import { transaction } from '../../db/transaction.ts';
import { UNKNOWN_THERE } from '../../domain/ports/gateway.ts';
import { lockPlaceOf } from '../booking/lock-booking.ts';
import { applyGatewayTruth } from './apply-gateway-truth.ts';
import { endUnknownPage } from './end-unknown-page.ts';
import { logFinalized } from '../payment/finalize/log-finalized.ts';
import { lookUpPayment } from './operation/run-operation.ts';

/**
 * Reads from the gateway how a payment stands, and brings ours to it. Answers false when the gateway did not say.
 *
 * `hint` names objects we may not have heard of yet, because the answer that named them was lost; they count only if
 * the gateway says that they belong to this payment.
 */
export async function syncPayment(
  ctx: Context,
  input: { paymentId: string; hint: { sessionId: string | null; intentId: string | null } },
): Promise<boolean> {
  const payment = await ctx.db.payment.findUnique({ where: { id: input.paymentId } });
  if (payment === null) return true;
  const sessionId = payment.sessionId ?? input.hint.sessionId;
  const answer = await lookUpPayment(ctx, { sessionId, intentId: payment.intentId ?? input.hint.intentId });
  if (answer.kind === 'REFUSED' && answer.code === UNKNOWN_THERE) await endUnknownPage(ctx, payment);
  if (answer.kind !== 'DONE') return false;
  const truth = answer.value;
  const belongs = [truth.session, truth.intent].every((object) => object === null || object.paymentId === payment.id);
  if (!belongs) return true;
  const finalized = await transaction(ctx, async (tx) => {
    const booking = await lockPlaceOf(tx, { id: payment.bookingId });
    const current = await tx.payment.findUniqueOrThrow({ where: { id: payment.id } });
    return applyGatewayTruth(tx, { booking, payment: current, truth, requestId: ctx.request.id });
  });
  if (finalized !== null) logFinalized(ctx, finalized);
  ctx.nudge();
  return true;
}
