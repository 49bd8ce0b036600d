import type { Context } from '../../../../context.ts';
import { Prisma } from '../../../../db/client.ts';
import { BALANCE, NOW } from '../../../../db/predicates.ts';
import { AppError } from '../../../../errors.ts';
import { forEachIsolated } from '../../../core/log/for-each-isolated.ts';
import { endHeldMove } from './end-held-move.ts';

/** Rows per run; the rest follows in the next. */
const BATCH = 200;

/** Selects held moves that are paid, past their deadline, or of a booking that is not confirmed any more. */
const ENDING = Prisma.sql`(h.expires_at <= ${NOW} OR b.status <> 'CONFIRMED' OR ${BALANCE} <= h.balance)`;

/**
 * Ends every held move whose time has come, each in its own transaction.
 *
 * A move whose payment is under way is left for the next run.
 * Idempotent: a concurrent run finds the move ended under the lock.
 * Returns: the codes of the bookings whose move fell back.
 */
export async function endHeldMoves(ctx: Context): Promise<string[]> {
  const ending = await ctx.db.$queryRaw<{ id: string; code: string }[]>`
    SELECT b.id, b.code FROM held_moves h JOIN bookings b ON b.id = h.booking_id
    WHERE ${ENDING} ORDER BY h.expires_at LIMIT ${BATCH}`;
  const reverted: string[] = [];
  await forEachIsolated(ctx, 'end-held-moves', ending, async ({ id, code }) => {
    try {
      if ((await endHeldMove(ctx, { bookingId: id })) === 'REVERTED') reverted.push(code);
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'payment_in_progress')) throw error;
    }
  });
  return reverted;
}
