import type { Context } from '../../../context.ts';
import { syncDispute } from '../gateway/sync/sync-dispute.ts';
import { forEachIsolated } from '../../core/log/for-each-isolated.ts';
import { syncPayment } from '../gateway/sync/sync-payment.ts';
import type { Difference } from './difference.ts';

/**
 * Synchronizes differing payments and their disputes from the gateway, as a lost webhook event would have done.
 *
 * Differences between our own records (`payment_against_ledger`) are left for staff.
 * Returns: the number of payments the gateway answered for.
 */
export async function resolveDifferences(ctx: Context, differences: readonly Difference[]): Promise<number> {
  const named = new Map<string, string | null>();
  for (const { kind, paymentId, intentId } of differences) {
    if (paymentId === null || kind === 'payment_against_ledger') continue;
    named.set(paymentId, named.get(paymentId) ?? intentId);
  }
  let answeredCount = 0;
  await forEachIsolated(ctx, 'resolve-differences', [...named], async ([paymentId, intentId]) => {
    const hint = { sessionId: null, intentId };
    const hasAnswers = [await syncPayment(ctx, { paymentId, hint }), await syncDisputes(ctx, paymentId, hint)];
    if (hasAnswers.every(Boolean)) answeredCount += 1;
  });
  return answeredCount;
}

/** Synchronizes every dispute that the gateway has of a payment, also those whose events were all lost. */
async function syncDisputes(
  ctx: Context,
  paymentId: string,
  hint: { readonly sessionId: null; readonly intentId: string | null },
): Promise<boolean> {
  const payment = await ctx.db.payment.findUnique({ where: { id: paymentId }, select: { intentId: true } });
  const intentId = payment?.intentId ?? hint.intentId;
  if (intentId === null) return true;
  const disputes = await ctx.gateway.listDisputes(intentId);
  if (disputes.kind !== 'DONE') return disputes.kind === 'REFUSED';
  let hasAnswer = true;
  for (const { id: disputeId } of disputes.value) {
    hasAnswer = (await syncDispute(ctx, { disputeId, paymentId, hint })) && hasAnswer;
  }
  return hasAnswer;
}
