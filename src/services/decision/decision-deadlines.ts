import { Prisma } from '../../db/client.ts';
import type { Tx } from '../../db/client.ts';

/** A moment by which somebody must have decided, and what to tell when nobody has. Both speak of `bookings b`. */
export interface DecisionDeadline {
  /** What a booking is declined with once the deadline has passed. */
  readonly reasonCode: string;
  readonly at: Prisma.Sql;
  readonly hasPassed: Prisma.Sql;
}

/**
 * How long before its end an authorization is given back.
 *
 * In an hour a void that meets a gateway in trouble is asked for five times (after 5 s, 15 s, 1 min, 5 min, 30 min), a
 * server can be away for a while, and the gateway's clock may differ from ours.
 */
const MARGIN = Prisma.sql`interval '1 hour'`;

/** Where an authorization is short, staff have three quarters of it to decide, instead of a deadline that was over before they knew. */
const DECIDE_BEFORE = Prisma.sql`b.capture_before
  - least(${MARGIN}, greatest(b.capture_before - b.payment_authorized_at, interval '0') / 4)`;

const NOW = Prisma.sql`(SELECT app_now())`;

/** Of what the gateway is still busy with, it is not known yet whether anything is left to decide. */
const WAITS = Prisma.sql`b.status = 'PENDING_APPROVAL' AND NOT EXISTS (
  SELECT FROM gateway_operations o
  WHERE o.booking_id = b.id AND o.state IN ('PENDING', 'UNKNOWN') AND o.kind IN ('CAPTURE', 'VOID', 'REFUND'))`;

/** Somebody who books for tonight after check-in time has begun gets this long an answer to wait for. */
const SAME_DAY = Prisma.sql`interval '2 hours'`;

/** When the system declines, because nobody else did. The most urgent first. */
export const DECISION_DEADLINES: readonly DecisionDeadline[] = [
  {
    reasonCode: 'AUTHORIZATION_LAPSING',
    at: DECIDE_BEFORE,
    // The second condition alone would say it; the first finds it by an index.
    hasPassed: Prisma.sql`${WAITS} AND b.payment_stage = 'AUTHORIZED'
      AND b.capture_before <= ${NOW} + ${MARGIN} AND ${DECIDE_BEFORE} <= ${NOW}`,
  },
  {
    // It lapsed before, or was not captured, and its place was kept for the guest to pay again.
    reasonCode: 'NOT_PAID_AGAIN',
    at: Prisma.sql`b.expires_at`,
    hasPassed: Prisma.sql`${WAITS} AND b.payment_stage IN ('LAPSED', 'SESSION_CREATED', 'FAILED') AND b.expires_at <= ${NOW}
      AND b.paid_amount + b.waived_amount < b.deposit_due`,
  },
  {
    reasonCode: 'NOT_DECIDED_IN_TIME',
    at: Prisma.sql`greatest(b.starts_at, b.created_at + ${SAME_DAY})`,
    // Money that is authorized has a deadline of its own, as has a guest who may still pay again. What was paid by hand or
    // by a wallet has none, and goes back.
    hasPassed: Prisma.sql`${WAITS}
      AND (b.payment_stage NOT IN ('AUTHORIZED', 'CAPTURING') OR b.payment_stage = 'AUTHORIZED' AND b.capture_before IS NULL)
      AND (b.expires_at IS NULL OR b.expires_at <= ${NOW})
      AND b.starts_at <= ${NOW} AND b.created_at + ${SAME_DAY} <= ${NOW}`,
  },
];

/** Staff are told a day before, so that even those who look once a day hear of it in time. */
const WARNED_BEFORE = Prisma.sql`interval '24 hours'`;

/** An authorization that lapses within a day and can still be decided on. */
export const LAPSES_WITHIN_A_DAY = Prisma.sql`${WAITS} AND b.payment_stage = 'AUTHORIZED'
  AND b.capture_before <= ${NOW} + ${WARNED_BEFORE} AND ${DECIDE_BEFORE} > ${NOW}`;

/** When that day began. */
export const LAPSE_WARNED_FROM = Prisma.sql`b.capture_before - ${WARNED_BEFORE}`;

/** Whether such a condition holds for a booking. Expects it locked, and sees what was committed before the lock was had. */
export async function isSo(tx: Tx, bookingId: string, condition: Prisma.Sql): Promise<boolean> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT b.id FROM bookings b WHERE b.id = ${bookingId}::uuid AND ${condition}`;
  return rows.length > 0;
}
