import type { Context } from '../../../context.ts';
import { syncDispute } from '../gateway/sync/sync-dispute.ts';
import { forEachIsolated } from '../../core/log/for-each-isolated.ts';
import { syncPayment } from '../gateway/sync/sync-payment.ts';
import type { Difference } from './difference.ts';

/**
 * Synchronizes differing payments and their open disputes from the gateway, as a lost webhook event would have done.
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
    const subject = { paymentId, hint: { sessionId: null, intentId } };
    let hasAnswer = await syncPayment(ctx, subject);
    for (const { gatewayDisputeId } of await ctx.db.dispute.findMany({
      where: { paymentId, status: { in: ['OPEN', 'INQUIRY'] } },
    })) {
      hasAnswer = (await syncDispute(ctx, { ...subject, disputeId: gatewayDisputeId })) && hasAnswer;
    }
    if (hasAnswer) answeredCount += 1;
  });
  return answeredCount;
}
