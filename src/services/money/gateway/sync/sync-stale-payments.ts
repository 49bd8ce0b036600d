import type { Context } from '../../../../context.ts';
import { forEachIsolated } from '../../../core/log/for-each-isolated.ts';
import { syncPayment } from './sync-payment.ts';
import { SESSION_MINUTES } from '../../../../domain/ports/gateway.ts';
import { isOpen } from '../../../../db/predicates.ts';

/** Payments read per batch. */
const BATCH = 50;

interface Stale {
  readonly id: string;
  readonly createdAt: Date;
}

/**
 * Synchronizes payments whose webhook event is overdue and may have been lost.
 *
 * A checkout session expires after `SESSION_MINUTES`, seldom later; a capture without an open operation lost its event. A payment
 * without an answer does not delay the others.
 * Returns: the number of payments.
 */
export async function syncStalePayments(ctx: Context): Promise<number> {
  let count = 0;
  for (let batch = await findStale(ctx); batch.length > 0; batch = await findStale(ctx, batch.at(-1))) {
    count += batch.length;
    await forEachIsolated(ctx, 'sync-stale-payments', batch, async ({ id }) => {
      await syncPayment(ctx, { paymentId: id, hint: { sessionId: null, intentId: null } });
    });
  }
  return count;
}

/** Finds the next batch after `last`, so that no payment is read twice in one sweep. */
async function findStale(ctx: Context, last?: Stale): Promise<Stale[]> {
  const [after, afterId] = [last?.createdAt ?? new Date(0), last?.id ?? '00000000-0000-0000-0000-000000000000'];
  return ctx.db.$queryRaw`
    SELECT p.id, p.created_at AS "createdAt" FROM payments p
    WHERE p.provider = 'STRIPE' AND p.stage IN ('SESSION_CREATED', 'CAPTURING') AND p.session_id IS NOT NULL
      AND (p.created_at, p.id) > (${after}, ${afterId}::uuid)
      AND CASE p.stage
        WHEN 'SESSION_CREATED' THEN p.created_at < (SELECT app_now()) - make_interval(mins => ${SESSION_MINUTES + 1}::int)
        ELSE NOT EXISTS (SELECT FROM gateway_operations o WHERE o.payment_id = p.id AND ${isOpen('o')})
      END
    ORDER BY p.created_at, p.id LIMIT ${BATCH}`;
}
