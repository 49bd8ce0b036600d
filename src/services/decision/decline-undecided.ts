import type { Context } from '../../context.ts';
import { transaction } from '../../db/transaction.ts';
import { SYSTEM } from '../../domain/booking.ts';
import { lockBookingWithPlace } from '../booking/lock-booking.ts';
import { forEachAlone } from '../for-each-alone.ts';
import { declineLocked } from './decline-booking.ts';

const BATCH = 100;

/** Somebody who books for tonight after check-in time has begun gets this long an answer to wait for. */
const SAME_DAY_DECISION_HOURS = 2;

/** Declines what nobody decided on before it was to begin, and frees its nights. Answers the codes. */
export async function declineUndecided(ctx: Context): Promise<string[]> {
  const undecided = await ctx.db.$queryRaw<{ code: string; propertyId: string }[]>`
    SELECT code, property_id AS "propertyId" FROM bookings
    WHERE status = 'PENDING_APPROVAL' AND payment_stage NOT IN ('AUTHORIZED', 'CAPTURING') AND paid_amount = 0 AND starts_at <= (SELECT app_now())
      AND created_at + ${SAME_DAY_DECISION_HOURS} * interval '1 hour' <= (SELECT app_now())
    ORDER BY starts_at LIMIT ${BATCH}`;
  const declined: string[] = [];
  await forEachAlone(ctx, 'decline-undecided', undecided, async ({ code, propertyId }) => {
    const isDeclined = await transaction(ctx, async (tx) => {
      const booking = await lockBookingWithPlace(tx, { propertyId, code });
      if (booking.status !== 'PENDING_APPROVAL' || booking.startsAt > booking.now) return false;
      const [actor, requestId] = [SYSTEM, ctx.request.id];
      await declineLocked(tx, { booking, actor, requestId, reasonCode: 'NOT_DECIDED_IN_TIME', note: null });
      return true;
    });
    if (!isDeclined) return;
    declined.push(code);
    ctx.log.info({ event: 'booking/decline', actor: 'SYSTEM', code, outcome: 'ok' }, 'booking/decline');
  });
  return declined;
}
