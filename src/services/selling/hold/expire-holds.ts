import type { Context } from '../../../context.ts';
import { transaction } from '../../../db/transaction.ts';
import { overdueHold } from '../../../db/predicates.ts';
import { lockBookingWithAllocation } from '../../core/booking/lock-booking.ts';
import { forEachIsolated, isStopping } from '../../core/log/for-each-isolated.ts';
import { describeExpiry, logExpiry } from './log-expiry.ts';
import type { ExpiredHold } from './log-expiry.ts';
import { isOverdue } from '../../../domain/booking/hold.ts';
import { expireHoldInTx } from './release-overdue-holds.ts';

/** Rows per query. */
const BATCH = 200;

interface OverdueHold {
  readonly id: string;
  readonly code: string;
  readonly propertyId: string;
  readonly slug: string;
  readonly expiresAt: Date;
  readonly overdueSeconds: number;
}

/**
 * Expires every overdue hold, each in its own transaction, so that a failure delays no other hold.
 *
 * Idempotent: a concurrent sweep finds an expired hold under the lock.
 */
export async function expireHolds(ctx: Context): Promise<ExpiredHold[]> {
  const expired: ExpiredHold[] = [];
  for (
    let last: OverdueHold | undefined, batch = await findOverdue(ctx);
    batch.length > 0;
    batch = await findOverdue(ctx, last)
  ) {
    if (isStopping(ctx)) break;
    last = batch.at(-1);
    await forEachIsolated(ctx, 'expire-holds', batch, async (each) => {
      const hold = await expireHold(ctx, each);
      if (hold !== null) expired.push(hold);
    });
  }
  return expired;
}

/** Lists every hold past its deadline and writes nothing. */
export async function listOverdueHolds(ctx: Context): Promise<ExpiredHold[]> {
  const listed: ExpiredHold[] = [];
  for (let batch = await findOverdue(ctx); batch.length > 0; batch = await findOverdue(ctx, batch.at(-1))) {
    listed.push(
      ...batch.map(({ code, slug, expiresAt, overdueSeconds }) => ({
        code,
        slug,
        expiresAt: expiresAt.toISOString(),
        overdueSeconds,
      })),
    );
  }
  return listed;
}

/** Expires one hold in its own transaction. Returns: null when the hold is not overdue under the lock. */
export async function expireHold(
  ctx: Context,
  { propertyId, code }: { propertyId: string; code: string },
): Promise<ExpiredHold | null> {
  const hold = await transaction(ctx, async (tx) => {
    const booking = await lockBookingWithAllocation(tx, { propertyId, code });
    if (!isOverdue(booking)) return null;
    await expireHoldInTx(tx, booking, ctx.request?.id ?? null);
    return describeExpiry(booking);
  });
  if (hold !== null) logExpiry(ctx, hold);
  return hold;
}

/** Finds the next batch after `last`, so that a sweep tries a failing hold only once. */
async function findOverdue(ctx: Context, last?: OverdueHold): Promise<OverdueHold[]> {
  const [after, afterId] = [last?.expiresAt ?? new Date(0), last?.id ?? '00000000-0000-0000-0000-000000000000'];
  return ctx.db.$queryRaw`
    SELECT b.id, b.code, b.property_id AS "propertyId", p.slug, b.expires_at AS "expiresAt",
      extract(epoch FROM app_now() - b.expires_at)::float8 AS "overdueSeconds"
    FROM bookings b JOIN properties p ON p.id = b.property_id
    WHERE ${overdueHold()} AND (b.expires_at, b.id) > (${after}, ${afterId}::uuid)
    ORDER BY b.expires_at, b.id LIMIT ${BATCH}`;
}
