import type { Context } from '../../context.ts';
import { forEachAlone } from '../for-each-alone.ts';
import { syncPayment } from './sync-payment.ts';

const BATCH = 50;

/**
 * Looks up payments of which we should have heard by now, because an event may have been lost. Answers how many.
 *
 * A page closes after half an hour at most; money that is authorized or being captured has an operation, or somebody who
 * decides.
 */
export async function syncStalePayments(ctx: Context): Promise<number> {
  const stale = await ctx.db.$queryRaw<{ id: string }[]>`
    SELECT p.id FROM payments p
    WHERE p.provider = 'STRIPE' AND p.session_id IS NOT NULL
      AND ((p.stage = 'SESSION_CREATED' AND p.created_at < (SELECT app_now()) - interval '32 minutes')
        OR (p.stage = 'CAPTURING' AND NOT EXISTS (
          SELECT FROM gateway_operations o WHERE o.payment_id = p.id AND o.state IN ('PENDING', 'UNKNOWN'))))
    ORDER BY p.created_at LIMIT ${BATCH}`;
  await forEachAlone(ctx, 'sync-stale-payments', stale, async ({ id }) => {
    await syncPayment(ctx, { paymentId: id, hint: { sessionId: null, intentId: null } });
  });
  return stale.length;
}
