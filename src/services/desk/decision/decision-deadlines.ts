import { Prisma } from '../../../db/client.ts';
import type { Tx } from '../../../db/client.ts';
import {
  CUT_OFF,
  DEPOSIT_COVERED,
  IN_FLIGHT_OPERATION,
  NOW,
  PAYABLE_AGAIN,
  UNCAPTURED,
} from '../../../db/predicates.ts';

/** A deadline of the decision on a booking, as SQL on `bookings b`. */
export interface DecisionDeadline {
  /** Reason code of the decline after the deadline. */
  readonly reasonCode: string;
  readonly at: Prisma.Sql;
  readonly hasPassed: Prisma.Sql;
}

/**
 * Time between the void of an authorization and its lapse.
 *
 * In an hour a void is tried five times (after 5 s, 15 s, 1 min, 5 min, 30 min), which covers an outage of the gateway
 * or a restart of the server, and clock skew.
 */
const MARGIN = Prisma.sql`interval '1 hour'`;

/** Staff have at least three quarters of an authorization to decide: the margin of an hour could exceed a short one. */
const DECIDE_BEFORE = Prisma.sql`b.capture_before
  - least(${MARGIN}, greatest(b.capture_before - b.payment_authorized_at, interval '0') / 4)`;

/** Excludes bookings with a gateway operation in flight, whose outcome may make the decision. */
const WAITS = Prisma.sql`b.status = 'PENDING_APPROVAL' AND NOT EXISTS (
  SELECT FROM gateway_operations o WHERE o.booking_id = b.id AND ${IN_FLIGHT_OPERATION})`;

/** Time that staff have to decide on a booking made after its start, such as for tonight after check-in time. */
const SAME_DAY = Prisma.sql`interval '2 hours'`;

/** Deadlines after which the system declines a booking, the most urgent first. */
export const DECISION_DEADLINES: readonly DecisionDeadline[] = [
  {
    reasonCode: 'AUTHORIZATION_LAPSING',
    at: DECIDE_BEFORE,
    // The second condition implies the first, which has an index.
    hasPassed: Prisma.sql`${WAITS} AND b.payment_stage = 'AUTHORIZED'
      AND b.capture_before <= ${NOW} + ${MARGIN} AND ${DECIDE_BEFORE} <= ${NOW}`,
  },
  {
    // The authorization lapsed or was not captured, and the place was held for a new payment.
    reasonCode: 'NOT_PAID_AGAIN',
    at: Prisma.sql`b.expires_at`,
    hasPassed: Prisma.sql`${WAITS} AND ${PAYABLE_AGAIN} AND b.expires_at <= ${NOW} AND NOT ${DEPOSIT_COVERED}`,
  },
  {
    // However long the authorization lasts: the time that was booked has passed.
    reasonCode: 'NOT_DECIDED_IN_TIME',
    at: CUT_OFF,
    hasPassed: Prisma.sql`${WAITS} AND ${CUT_OFF} <= ${NOW}`,
  },
  {
    reasonCode: 'NOT_DECIDED_IN_TIME',
    at: Prisma.sql`greatest(b.starts_at, b.created_at + ${SAME_DAY})`,
    // An authorization has its own deadline, as has a guest who may still pay again. Cash and wallet payments have no
    // other deadline, and are refunded.
    hasPassed: Prisma.sql`${WAITS}
      AND (NOT ${UNCAPTURED} OR b.payment_stage = 'AUTHORIZED' AND b.capture_before IS NULL)
      AND (b.expires_at IS NULL OR b.expires_at <= ${NOW})
      AND b.starts_at <= ${NOW} AND b.created_at + ${SAME_DAY} <= ${NOW}`,
  },
];

/** A day, so that the warning reaches staff who check the dashboard once a day. */
const WARNED_BEFORE = Prisma.sql`interval '24 hours'`;

/** An authorization that lapses within a day and can still be decided on. */
export const LAPSES_WITHIN_A_DAY = Prisma.sql`${WAITS} AND b.payment_stage = 'AUTHORIZED'
  AND b.capture_before <= ${NOW} + ${WARNED_BEFORE} AND ${DECIDE_BEFORE} > ${NOW}`;

/** Start of the last day before the lapse. */
export const LAPSE_WARNED_FROM = Prisma.sql`b.capture_before - ${WARNED_BEFORE}`;

/** Tells whether a condition holds for a booking. Locks: expects the booking locked. */
export async function isTrueOfBooking(tx: Tx, bookingId: string, condition: Prisma.Sql): Promise<boolean> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT b.id FROM bookings b WHERE b.id = ${bookingId}::uuid AND ${condition}`;
  return rows.length > 0;
}
