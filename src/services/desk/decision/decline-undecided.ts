import type { Context } from '../../../context.ts';
import type { Tx } from '../../../db/client.ts';
import { transaction } from '../../../db/transaction.ts';
import { SYSTEM_AUTHOR } from '../../../domain/booking/booking.ts';
import { lockBookingByIdWithAllocation } from '../../core/booking/lock-booking.ts';
import { forEachIsolated, isStopping } from '../../core/log/for-each-isolated.ts';
import { DECISION_DEADLINES, isTrueOfBooking } from './decision-deadlines.ts';
import type { DecisionDeadline } from './decision-deadlines.ts';
import { declineBookingInTx } from './decline-booking.ts';

/** Rows per query. */
const BATCH = 100;

/**
 * Declines every booking whose decision deadline has passed, releases its place and refunds its payments.
 *
 * Deadlines: the lapse of an authorization, the end of the guest's time to pay again, and the booking's start. Each
 * booking has its own transaction. Returns: the codes of the declined bookings.
 * Idempotent: a concurrent sweep finds the decision under the lock.
 */
export async function declineUndecided(ctx: Context): Promise<string[]> {
  const declined: string[] = [];
  for (const deadline of DECISION_DEADLINES) declined.push(...(await declineLate(ctx, deadline)));
  return declined;
}

async function declineLate(ctx: Context, deadline: DecisionDeadline): Promise<string[]> {
  const { reasonCode } = deadline;
  const tried: string[] = [];
  const declined: string[] = [];
  for (let late = await findLate(ctx, deadline, tried); late.length > 0; late = await findLate(ctx, deadline, tried)) {
    if (isStopping(ctx)) break;
    tried.push(...late);
    await forEachIsolated(ctx, 'decline-undecided', late, async (id) => {
      const code = await transaction(ctx, (tx) => declineIfLate(tx, id, deadline));
      if (code === null) return;
      declined.push(code);
      const line = { event: 'booking/decline', actor: 'SYSTEM', code, reasonCode, outcome: 'ok' };
      ctx.log.info(line, 'booking/decline');
    });
  }
  return declined;
}

/** Finds overdue decisions that this sweep has not tried: a booking that can't be declined must not loop for ever. */
async function findLate(
  ctx: Context,
  { at, hasPassed }: DecisionDeadline,
  tried: readonly string[],
): Promise<string[]> {
  const rows = await ctx.db.$queryRaw<{ id: string }[]>`
    SELECT b.id FROM bookings b WHERE ${hasPassed} AND b.id <> ALL(${tried}::uuid[]) ORDER BY ${at} LIMIT ${BATCH}`;
  return rows.map(({ id }) => id);
}

/** Declines one booking; the drain calls the gateway later, so that a hanging gateway delays no other decision. */
async function declineIfLate(tx: Tx, id: string, { reasonCode, hasPassed }: DecisionDeadline): Promise<string | null> {
  const booking = await lockBookingByIdWithAllocation(tx, { id });
  // Checked again under the lock: staff may have decided, or the guest paid, since.
  if (!(await isTrueOfBooking(tx, id, hasPassed))) return null;
  await declineBookingInTx(tx, { booking, author: SYSTEM_AUTHOR, reasonCode, note: null });
  return booking.code;
}
