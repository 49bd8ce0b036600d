import type { Context } from '../../context.ts';
import { Prisma } from '../../db/client.ts';
import type { Tx } from '../../db/client.ts';
import { lockBookingRow } from '../../db/locks.ts';
import { transaction } from '../../db/transaction.ts';
import { SYSTEM } from '../../domain/booking.ts';
import { forEachAlone, isStopping } from '../for-each-alone.ts';
import { recordEvent } from '../transition/record-event.ts';
import { isSo, LAPSES_WITHIN_A_DAY } from './decision-deadlines.ts';

/** So many are looked up at once; after a full batch comes the next. */
const BATCH = 100;

/** A card that is authorized later than the last warning is another authorization. */
const IS_UNWARNED = Prisma.sql`${LAPSES_WITHIN_A_DAY}
  AND (b.lapse_warned_at IS NULL OR b.lapse_warned_at < b.payment_authorized_at)`;

/**
 * Tells staff of every authorization that lapses within a day while they have not decided, once. Answers the codes.
 *
 * Two sweeps at once tell it once: the second sees under the lock that it was told.
 */
export async function warnOfLapse(ctx: Context): Promise<string[]> {
  const tried: string[] = [];
  const warned: string[] = [];
  for (let due = await findUnwarned(ctx, tried); due.length > 0; due = await findUnwarned(ctx, tried)) {
    if (isStopping(ctx)) break;
    tried.push(...due.map(({ id }) => id));
    await forEachAlone(ctx, 'warn-of-lapse', due, async ({ id, captureBefore }) => {
      const code = await transaction(ctx, (tx) => warnOnce(tx, id, ctx.request.id));
      if (code === null) return;
      warned.push(code);
      const event = 'booking/authorization-expiring';
      ctx.log.warn({ event, actor: 'SYSTEM', code, captureBefore, outcome: 'ok' }, event);
    });
  }
  return warned;
}

async function findUnwarned(ctx: Context, tried: readonly string[]): Promise<{ id: string; captureBefore: Date }[]> {
  return ctx.db.$queryRaw`
    SELECT b.id, b.capture_before AS "captureBefore" FROM bookings b
    WHERE ${IS_UNWARNED} AND b.id <> ALL(${tried}::uuid[]) ORDER BY b.capture_before LIMIT ${BATCH}`;
}

async function warnOnce(tx: Tx, id: string, requestId: string | null): Promise<string | null> {
  const booking = await lockBookingRow(tx, id);
  if (booking === null || !(await isSo(tx, id, IS_UNWARNED))) return null;
  await tx.booking.update({ where: { id }, data: { lapseWarnedAt: booking.now } });
  const announce = ['authorization_expiring'] as const;
  await recordEvent(tx, { booking, action: 'authorization-expiring', actor: SYSTEM, requestId, announce });
  return booking.code;
}
