import type { Context } from '../../context.ts';
import { transaction } from '../../db/transaction.ts';
import { lockBookingWithPlace } from '../booking/lock-booking.ts';
import { expireHold, isOverdue } from './release-overdue-holds.ts';

/** One batch; the next sweep takes what is left. */
const BATCH = 200;

export interface ExpiredHold {
  readonly code: string;
  readonly slug: string;
  readonly expiresAt: string;
  readonly overdueSeconds: number;
}

/**
 * Releases every hold past its deadline, each in its own transaction, so that one in trouble delays no other.
 *
 * Two sweeps at once do no harm: the second finds nothing left to do under the lock. In a dry run it only tells.
 */
export async function expireHolds(ctx: Context): Promise<ExpiredHold[]> {
  const overdue = await findOverdue(ctx);
  const expired: ExpiredHold[] = [];
  for (const { code, propertyId } of overdue) {
    const hold = await transaction(ctx, async (tx) => {
      const booking = await lockBookingWithPlace(tx, { propertyId, code });
      if (!isOverdue(booking) || booking.expiresAt === null) return null;
      await expireHold(tx, booking, ctx.request.id);
      const overdueSeconds = (booking.now.getTime() - booking.expiresAt.getTime()) / 1_000;
      return { code, slug: booking.slug, expiresAt: booking.expiresAt.toISOString(), overdueSeconds };
    });
    if (hold === null) continue;
    expired.push(hold);
    if (!ctx.request.isDryRun) ctx.log.info({ event: 'BOOKING_EXPIRED', ...hold }, 'BOOKING_EXPIRED');
  }
  return expired;
}

async function findOverdue(ctx: Context): Promise<{ code: string; propertyId: string }[]> {
  return ctx.db.$queryRaw`
    SELECT code, property_id AS "propertyId" FROM bookings
    WHERE status = 'PENDING_PAYMENT' AND expires_at <= (SELECT app_now())
      AND payment_stage IN ('NONE', 'SESSION_CREATED', 'FAILED')
    ORDER BY expires_at LIMIT ${BATCH}`;
}
