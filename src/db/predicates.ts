import { Prisma } from './client.ts';

// Names each rule that SQL must know. test/db/predicates.test.ts holds every one equal to its TypeScript twin.
//
// Rows go by one alias each: `b` bookings, `a` appointments, `p` payments; where several tables share a rule, the caller
// names the alias. Every fragment is in parentheses, so that it can be negated. Values stand in the text as literals: a
// partial index is not used for a parameter.

/** Reads the database's clock, once per statement. */
export const NOW = Prisma.sql`(SELECT app_now())`;

/** Selects holds that end at their deadline, because no money is on its way. Twin: `isExpirable`. */
export const EXPIRABLE_HOLD = Prisma.sql`(
  b.status = 'PENDING_PAYMENT' AND b.payment_stage IN ('NONE', 'SESSION_CREATED', 'FAILED'))`;

/** Selects expirable holds past their deadline. Twin: `isOverdue`. */
export function overdueHold(now: Prisma.Sql = NOW): Prisma.Sql {
  return Prisma.sql`(${EXPIRABLE_HOLD} AND b.expires_at <= ${now})`;
}

/** Selects expirable holds before their deadline. */
export const RUNNING_HOLD = Prisma.sql`(${EXPIRABLE_HOLD} AND b.expires_at > ${NOW})`;

/** Selects bookings that take a place although nothing was paid, authorized or waived. Judged by a function of the database. */
export const UNPAID_CLAIM = Prisma.sql`is_unpaid_claim(
  b.status, b.payment_stage, b.paid_amount, b.waived_amount, b.expires_at, b.ends_at, ${NOW})`;

/** Selects appointments that occupy their provider's time; an overdue hold does not, released or not. */
export function liveAppointment(now: Prisma.Sql = NOW): Prisma.Sql {
  return Prisma.sql`(a.is_live AND ${overdueHold(now)} IS NOT TRUE)`;
}

/** Returns the instant until which a booking can be held, paid and approved. Twin: `cutOffOf`. */
export const CUT_OFF = Prisma.sql`(CASE b.kind WHEN 'APPOINTMENT' THEN b.starts_at ELSE b.ends_at END)`;

/**
 * Returns the date of the night under way at a stay's property `p`, as text.
 *
 * A hotel's day ends at check-out time: until then the night of the day before is under way.
 */
export const TONIGHT = Prisma.sql`to_char(
  app_now() AT TIME ZONE p.timezone - (b.ends_at AT TIME ZONE p.timezone)::time::interval, 'YYYY-MM-DD')`;

/** Selects bookings that have not ended. Twin: `hasEnded`, negated. */
export const ACTIVE_BOOKING = Prisma.sql`(
  b.status IN ('PENDING_PAYMENT', 'PENDING_APPROVAL', 'CONFIRMED', 'IN_HOUSE'))`;

/** Selects bookings that ended before anything was provided. Twin: `isCalledOff`. */
export const CALLED_OFF_BOOKING = Prisma.sql`(b.status IN ('DECLINED', 'CANCELLED', 'EXPIRED'))`;

/** Computes the total less what was paid and waived; below zero when overpaid. Twin: `computeBalance`. */
export const BALANCE = Prisma.sql`(b.total_payable - b.paid_amount - b.waived_amount)`;

/** Selects bookings for which nothing more is owed. Twin: `isNothingOwed`. */
export const NOTHING_OWED = Prisma.sql`(${CALLED_OFF_BOOKING} OR b.status = 'NO_SHOW')`;

/** Computes the amount still to be paid. Twin: `balanceOf`. */
export const BALANCE_DUE = Prisma.sql`(CASE WHEN ${NOTHING_OWED} THEN 0 ELSE greatest(0, ${BALANCE}) END)`;

/** Selects bookings whose deposit is paid or waived. Twin: `isDepositCovered`. */
export const DEPOSIT_COVERED = Prisma.sql`(b.paid_amount + b.waived_amount >= b.deposit_due)`;

/** Selects requests that the guest may pay for again until their deadline. Twin: `PAYABLE_AGAIN_STAGES`. */
export const PAYABLE_AGAIN = Prisma.sql`(b.payment_stage IN ('LAPSED', 'SESSION_CREATED', 'FAILED'))`;

/** Selects bookings whose money is authorized and not captured yet. Twin: `UNCAPTURED_STAGES`. */
export const UNCAPTURED = Prisma.sql`(b.payment_stage IN ('AUTHORIZED', 'CAPTURING'))`;

/** Selects payments whose money was received, refunded since or not. Twin: `CAPTURED_STAGES`. */
export const CAPTURED_PAYMENT = Prisma.sql`(p.stage IN ('CAPTURED', 'PARTIALLY_REFUNDED', 'REFUNDED'))`;

const ALIASES = { c: Prisma.sql`c`, e: Prisma.sql`e`, o: Prisma.sql`o`, r: Prisma.sql`r`, w: Prisma.sql`w` };

/** Selects refunds or gateway operations whose outcome is not known yet. Twin: `OPEN_STATES`. */
export function isOpen(alias: 'e' | 'o' | 'r'): Prisma.Sql {
  return Prisma.sql`(${ALIASES[alias]}.state IN ('PENDING', 'UNKNOWN'))`;
}

/** Selects open operations after which money may have moved. Twin: `IN_FLIGHT_KINDS`. */
export const IN_FLIGHT_OPERATION = Prisma.sql`(${isOpen('o')} AND o.kind IN ('CAPTURE', 'VOID', 'REFUND'))`;

/** Selects queued rows that no worker holds a lease on. */
export function isUnleased(alias: 'c' | 'o' | 'w'): Prisma.Sql {
  return Prisma.sql`(${ALIASES[alias]}.leased_until IS NULL OR ${ALIASES[alias]}.leased_until <= ${NOW})`;
}

/** Selects gateway operations whose turn has come: open, past their wait, and first of their payment. */
export function dueOperation(now: Prisma.Sql = NOW): Prisma.Sql {
  return Prisma.sql`(${isOpen('o')} AND o.next_attempt_at <= ${now} AND NOT EXISTS (
    SELECT FROM gateway_operations e
    WHERE e.payment_id = o.payment_id AND ${isOpen('e')} AND e.id < o.id AND e.kind <> 'EXPIRE_SESSION'))`;
}

/** Selects webhook events whose turn has come: received, past their wait, and first of their booking. */
export function dueWebhook(now: Prisma.Sql = NOW): Prisma.Sql {
  return Prisma.sql`(w.state = 'RECEIVED' AND w.next_attempt_at <= ${now} AND NOT EXISTS (
    SELECT FROM webhook_events e WHERE e.booking_id = w.booking_id AND e.state = 'RECEIVED' AND e.id < w.id))`;
}
