import type { Context } from '../../../context.ts';
import { Prisma } from '../../../db/client.ts';
import type { Tx } from '../../../db/client.ts';
import { lockBookingRow } from '../../../db/locks.ts';
import { transaction } from '../../../db/transaction.ts';
import { SYSTEM_AUTHOR } from '../../../domain/booking/booking.ts';
import { forEachIsolated, isStopping } from '../../core/log/for-each-isolated.ts';
import { recordEvent } from '../../core/transition/record-event.ts';
import { isTrueOfBooking, LAPSES_WITHIN_A_DAY } from './decision-deadlines.ts';

/** Rows per query. */
const BATCH = 100;

/** An authorization without a warning: a warning before the authorization belongs to an earlier one. */
const IS_UNWARNED = Prisma.sql`${LAPSES_WITHIN_A_DAY}
  AND (b.lapse_warned_at IS NULL OR b.lapse_warned_at < b.payment_authorized_at)`;

/**
 * Warns staff once of every undecided booking whose authorization lapses within a day.
 *
 * Idempotent: a concurrent sweep finds the warning under the lock. Returns: the codes of the bookings.
 */
export async function warnOfLapse(ctx: Context): Promise<string[]> {
  const tried: string[] = [];
  const warned: string[] = [];
  for (let due = await findUnwarned(ctx, tried); due.length > 0; due = await findUnwarned(ctx, tried)) {
    if (isStopping(ctx)) break;
    tried.push(...due.map(({ id }) => id));
    await forEachIsolated(ctx, 'warn-of-lapse', due, async ({ id, captureBefore }) => {
      const code = await transaction(ctx, (tx) => warnOnce(tx, id));
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

async function warnOnce(tx: Tx, id: string): Promise<string | null> {
  const booking = await lockBookingRow(tx, id);
  if (booking === null || !(await isTrueOfBooking(tx, id, IS_UNWARNED))) return null;
  await tx.booking.update({ where: { id }, data: { lapseWarnedAt: booking.now } });
  const announce = ['authorization_expiring'] as const;
  await recordEvent(tx, { booking, action: 'authorization-expiring', author: SYSTEM_AUTHOR, announce });
  return booking.code;
}
