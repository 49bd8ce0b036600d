import type { Context } from '../../context.ts';
import { transaction } from '../../db/transaction.ts';
import { lockBookingWithPlace } from '../booking/lock-booking.ts';
import { forEachAlone, isStopping } from '../for-each-alone.ts';
import { describeExpiry, logExpiry } from './log-expiry.ts';
import type { ExpiredHold } from './log-expiry.ts';
import { expireHold, isOverdue } from './release-overdue-holds.ts';

/** So many are looked up at once; after a full batch comes the next. */
const BATCH = 200;

interface Overdue {
  readonly id: string;
  readonly code: string;
  readonly propertyId: string;
  readonly expiresAt: Date;
}

/**
 * Releases every hold past its deadline, each in its own transaction, so that one in trouble delays no other.
 *
 * Two sweeps at once do no harm: the second finds nothing left to do under the lock. In a dry run it only tells.
 */
export async function expireHolds(ctx: Context): Promise<ExpiredHold[]> {
  const expired: ExpiredHold[] = [];
  for (
    let last: Overdue | undefined, batch = await findOverdue(ctx);
    batch.length > 0;
    batch = await findOverdue(ctx, last)
  ) {
    if (isStopping(ctx)) break;
    last = batch.at(-1);
    await forEachAlone(ctx, 'expire-holds', batch, async (each) => {
      const hold = await expireAlone(ctx, each);
      if (hold !== null) expired.push(hold);
    });
  }
  return expired;
}

/** Releases one hold in a transaction of its own, if it is past its deadline by then; null if it is not. */
export async function expireAlone(
  ctx: Context,
  { propertyId, code }: { propertyId: string; code: string },
): Promise<ExpiredHold | null> {
  const hold = await transaction(ctx, async (tx) => {
    const booking = await lockBookingWithPlace(tx, { propertyId, code });
    if (!isOverdue(booking)) return null;
    await expireHold(tx, booking, ctx.request.id);
    return describeExpiry(booking);
  });
  if (hold !== null) logExpiry(ctx, hold);
  return hold;
}

/** The next ones after `last`, so that one that could not be released is not met again in this sweep. */
async function findOverdue(ctx: Context, last?: Overdue): Promise<Overdue[]> {
  const [after, afterId] = [last?.expiresAt ?? new Date(0), last?.id ?? '00000000-0000-0000-0000-000000000000'];
  return ctx.db.$queryRaw`
    SELECT id, code, property_id AS "propertyId", expires_at AS "expiresAt" FROM bookings
    WHERE status = 'PENDING_PAYMENT' AND expires_at <= (SELECT app_now())
      AND payment_stage IN ('NONE', 'SESSION_CREATED', 'FAILED')
      AND (expires_at, id) > (${after}, ${afterId}::uuid)
    ORDER BY expires_at, id LIMIT ${BATCH}`;
}
