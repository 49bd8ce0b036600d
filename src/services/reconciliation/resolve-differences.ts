import type { Context } from '../../context.ts';
import { syncDispute } from '../dispute/sync-dispute.ts';
import { forEachAlone } from '../for-each-alone.ts';
import { syncPayment } from '../gateway/sync-payment.ts';
import type { Difference } from './difference.ts';

/**
 * Reads the payments that differ from the gateway once more, and brings ours to them: what an event that was lost would
 * have done. Answers of how many the gateway spoke.
 *
 * Their open disputes are read as well. What only our own books say differently is left as it is, for somebody to look at.
 */
export async function resolveDifferences(ctx: Context, differences: readonly Difference[]): Promise<number> {
  const named = new Map<string, string | null>();
  for (const { kind, paymentId, intentId } of differences) {
    if (paymentId === null || kind === 'payment_against_ledger') continue;
    named.set(paymentId, named.get(paymentId) ?? intentId);
  }
  let heard = 0;
  await forEachAlone(ctx, 'resolve-differences', [...named], async ([paymentId, intentId]) => {
    const subject = { paymentId, hint: { sessionId: null, intentId } };
    let isHeard = await syncPayment(ctx, subject);
    for (const { gatewayDisputeId } of await ctx.db.dispute.findMany({ where: { paymentId, status: 'OPEN' } })) {
      isHeard = (await syncDispute(ctx, { ...subject, disputeId: gatewayDisputeId })) && isHeard;
    }
    if (isHeard) heard += 1;
  });
  return heard;
}
