import type { Context } from '../../context.ts';
import type { Tx } from '../../db/client.ts';
import { transaction } from '../../db/transaction.ts';
import { SYSTEM } from '../../domain/booking.ts';
import { lockPlaceOf } from '../booking/lock-booking.ts';
import { forEachAlone, isStopping } from '../for-each-alone.ts';
import { DECISION_DEADLINES, isSo } from './decision-deadlines.ts';
import type { DecisionDeadline } from './decision-deadlines.ts';
import { declineLocked } from './decline-booking.ts';

/** So many are looked up at once; after a full batch comes the next. */
const BATCH = 100;

/**
 * Declines what nobody decided on in time, frees its place and gives its money back, each in its own transaction.
 *
 * In time is before an authorization lapses, before the guest's time to pay again is over, and before it was to begin.
 * Two sweeps at once do no harm: the second finds nothing left to do under the lock. Answers the codes.
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
    await forEachAlone(ctx, 'decline-undecided', late, async (id) => {
      const code = await transaction(ctx, (tx) => declineIfLate(tx, id, deadline, ctx.request.id));
      if (code === null) return;
      declined.push(code);
      const line = { event: 'booking/decline', actor: 'SYSTEM', code, reasonCode, outcome: 'ok' };
      ctx.log.info(line, 'booking/decline');
    });
  }
  return declined;
}

/** Those that were tried are not met again in this sweep, or one that can't be declined would be met for ever. */
async function findLate(
  ctx: Context,
  { at, hasPassed }: DecisionDeadline,
  tried: readonly string[],
): Promise<string[]> {
  const rows = await ctx.db.$queryRaw<{ id: string }[]>`
    SELECT b.id FROM bookings b WHERE ${hasPassed} AND b.id <> ALL(${tried}::uuid[]) ORDER BY ${at} LIMIT ${BATCH}`;
  return rows.map(({ id }) => id);
}

/** What is to be asked of the gateway is left to the drain, so that a gateway that hangs holds up no other decision. */
async function declineIfLate(
  tx: Tx,
  id: string,
  { reasonCode, hasPassed }: DecisionDeadline,
  requestId: string | null,
): Promise<string | null> {
  const booking = await lockPlaceOf(tx, { id });
  // Asked again under the lock, in the same words: somebody may have decided, or paid, since.
  if (!(await isSo(tx, id, hasPassed))) return null;
  await declineLocked(tx, { booking, actor: SYSTEM, requestId, reasonCode, note: null });
  return booking.code;
}
