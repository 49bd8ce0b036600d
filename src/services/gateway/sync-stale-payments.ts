import type { Context } from '../../context.ts';
import { forEachAlone } from '../for-each-alone.ts';
import { syncPayment } from './sync-payment.ts';

/** So many are looked up at once; after a full batch comes the next. */
const BATCH = 50;

interface Stale {
  readonly id: string;
  readonly createdAt: Date;
}

/**
 * Looks up payments of which we should have heard by now, because an event may have been lost. Answers how many.
 *
 * A page closes after half an hour at most; money that is authorized or being captured has an operation, or somebody who
 * decides. One of which the gateway says nothing keeps no other from being looked up.
 */
export async function syncStalePayments(ctx: Context): Promise<number> {
  let count = 0;
  for (let batch = await findStale(ctx); batch.length > 0; batch = await findStale(ctx, batch.at(-1))) {
    count += batch.length;
    await forEachAlone(ctx, 'sync-stale-payments', batch, async ({ id }) => {
      await syncPayment(ctx, { paymentId: id, hint: { sessionId: null, intentId: null } });
    });
  }
  return count;
}

/** The next ones after `last`, so that one that stays as it is is not met again in this sweep. */
async function findStale(ctx: Context, last?: Stale): Promise<Stale[]> {
  const [after, afterId] = [last?.createdAt ?? new Date(0), last?.id ?? '00000000-0000-0000-0000-000000000000'];
  return ctx.db.$queryRaw`
    SELECT p.id, p.created_at AS "createdAt" FROM payments p
    WHERE p.provider = 'STRIPE' AND p.stage IN ('SESSION_CREATED', 'CAPTURING') AND p.session_id IS NOT NULL
      AND (p.created_at, p.id) > (${after}, ${afterId}::uuid)
      AND CASE p.stage
        WHEN 'SESSION_CREATED' THEN p.created_at < (SELECT app_now()) - interval '32 minutes'
        ELSE NOT EXISTS (
          SELECT FROM gateway_operations o WHERE o.payment_id = p.id AND o.state IN ('PENDING', 'UNKNOWN'))
      END
    ORDER BY p.created_at, p.id LIMIT ${BATCH}`;
}
