import type { Context } from '../../../context.ts';
import { Prisma } from '../../../db/client.ts';
import {
  ACTIVE_BOOKING,
  BALANCE,
  CALLED_OFF_BOOKING,
  CAPTURED_PAYMENT,
  DEPOSIT_COVERED,
  isOpen,
  NOTHING_OWED,
  NOW,
  overdueHold,
} from '../../../db/predicates.ts';
import { LEDGER_CHECKS } from './ledger-checks.ts';

export interface InvariantResult {
  readonly name: string;
  readonly count: number;
  /** The rows that break the invariant, at most fifty. */
  readonly offenders: readonly string[];
}

const MAX_OFFENDERS = 50;

/**
 * The part of a booking's captured money in open refunds or under dispute.
 *
 * A charge whose dispute is open or lost counts whole. A won dispute's money follows the policy, an inquiry moves none.
 */
const OUTGOING = Prisma.sql`(
  SELECT coalesce(sum(CASE
    WHEN EXISTS (SELECT FROM disputes d WHERE d.payment_id = p.id AND d.status IN ('OPEN', 'LOST')) THEN p.amount - p.refunded_amount
    ELSE (SELECT coalesce(sum(r.amount), 0) FROM refunds r WHERE r.payment_id = p.id AND ${isOpen('r')})
  END), 0) AS amount
  FROM payments p WHERE p.booking_id = b.id AND ${CAPTURED_PAYMENT})`;

/** Selects payments whose authorization is being voided. */
const BEING_VOIDED = Prisma.sql`(p.stage = 'AUTHORIZED' AND EXISTS (
  SELECT FROM gateway_operations o WHERE o.payment_id = p.id AND o.kind = 'VOID'))`;

/** Selects bookings with a card payment of which the condition is true. */
const cardPayment = (condition: Prisma.Sql): Prisma.Sql =>
  Prisma.sql`EXISTS (SELECT FROM payments p WHERE p.booking_id = b.id AND p.provider = 'STRIPE' AND (${condition}))`;

/** The invariants, each as a query for the rows that break it. */
export const INVARIANTS: Record<string, Prisma.Sql> = {
  overlapping_room_assignments: Prisma.sql`
    SELECT r.number || ': ' || b1.code || ' and ' || b2.code AS offender
    FROM room_assignments a1
    JOIN room_assignments a2 ON a2.room_id = a1.room_id AND a2.id > a1.id
      AND daterange(a1.from_on, a1.to_on) && daterange(a2.from_on, a2.to_on)
    JOIN rooms r ON r.id = a1.room_id
    JOIN bookings b1 ON b1.id = a1.booking_id
    JOIN bookings b2 ON b2.id = a2.booking_id
    WHERE a1.released_at IS NULL AND a2.released_at IS NULL`,
  oversold_nights: Prisma.sql`
    SELECT t.code || ' ' || n.night AS offender FROM inventory_nights n JOIN room_types t ON t.id = n.room_type_id
    WHERE n.reserved > n.total - n.out_of_order OR n.reserved < 0`,
  miscounted_nights: Prisma.sql`
    SELECT t.code || ' ' || night || ': counter ' || coalesce(n.reserved, 0) || ', bookings ' || coalesce(held.count, 0) AS offender
    FROM inventory_nights n
    FULL JOIN (
      SELECT taken.room_type_id, taken.night, count(*) AS count
      FROM (
        SELECT s.room_type_id, d::date AS night
        FROM stays s, generate_series(s.check_in_on, s.held_until_on - 1, interval '1 day') AS d
        UNION ALL
        SELECT s.room_type_id, unnest(h.kept_nights) FROM held_moves h JOIN stays s ON s.booking_id = h.booking_id
      ) taken
      GROUP BY 1, 2
    ) held USING (room_type_id, night)
    JOIN room_types t ON t.id = room_type_id
    WHERE coalesce(n.reserved, 0) <> coalesce(held.count, 0)`,
  miscounted_rooms_out_of_order: Prisma.sql`
    SELECT t.code || ' ' || n.night || ': counter ' || n.out_of_order || ', rooms ' || count(r.id) AS offender
    FROM inventory_nights n
    JOIN room_types t ON t.id = n.room_type_id
    LEFT JOIN rooms r ON r.room_type_id = n.room_type_id AND r.out_of_order_from_on <= n.night AND r.out_of_order_to_on > n.night
    GROUP BY t.code, n.room_type_id, n.night, n.out_of_order
    HAVING n.out_of_order <> count(r.id)`,
  nights_against_status: Prisma.sql`
    SELECT b.code || ': ' || b.status || ' holds until ' || s.held_until_on AS offender
    FROM bookings b JOIN stays s ON s.booking_id = b.id
    WHERE (${ACTIVE_BOOKING} AND s.held_until_on <> s.check_out_on)
      -- A late payment reclaims the nights before its capture.
      OR (b.status IN ('DECLINED', 'EXPIRED') AND b.payment_stage <> 'CAPTURING' AND s.held_until_on <> s.check_in_on)`,
  rooms_against_status: Prisma.sql`
    SELECT b.code || ': ' || b.status || ' has a room' AS offender
    FROM bookings b JOIN room_assignments a ON a.booking_id = b.id AND a.released_at IS NULL
    WHERE b.status IN ('PENDING_PAYMENT', 'DECLINED', 'EXPIRED', 'NO_SHOW')`,
  status_against_payment: Prisma.sql`
    SELECT code || ': ' || status || ', paid ' || paid_amount || ' of ' || deposit_due || ' due' AS offender FROM bookings b
    WHERE b.status IN ('CONFIRMED', 'IN_HOUSE', 'COMPLETED') AND NOT ${DEPOSIT_COVERED}`,
  paid_against_payments: Prisma.sql`
    SELECT b.code || ': ' || b.paid_amount || ' recorded, payments add up to ' || coalesce(sum(p.amount - p.refunded_amount), 0) AS offender
    FROM bookings b LEFT JOIN payments p ON p.booking_id = b.id AND ${CAPTURED_PAYMENT}
    GROUP BY b.id HAVING b.paid_amount <> coalesce(sum(p.amount - p.refunded_amount), 0)`,
  booking_stage_against_payment: Prisma.sql`
    SELECT b.code || ': ' || b.status || ' with ' || b.payment_stage AS offender FROM bookings b
    WHERE (b.status = 'PENDING_APPROVAL' AND b.payment_provider = 'STRIPE' AND b.deposit_due > 0 AND b.payment_stage NOT IN ('AUTHORIZED', 'CAPTURING', 'CAPTURED', 'LAPSED', 'FAILED')
      -- Paid again after a lapse.
      AND NOT (b.payment_stage = 'SESSION_CREATED' AND b.expires_at IS NOT NULL))
      -- The stage is that of one of the booking's payments, in every status.
      OR NOT CASE
        WHEN b.payment_stage = 'NONE' THEN true
        WHEN b.payment_stage IN ('SESSION_CREATED', 'AUTHORIZED', 'CAPTURING') THEN ${cardPayment(Prisma.sql`p.stage = b.payment_stage`)}
        WHEN b.payment_stage IN ('VOIDED', 'LAPSED') THEN ${cardPayment(Prisma.sql`p.stage = b.payment_stage OR ${BEING_VOIDED}`)}
        -- A card that failed or was refunded, or a payment by hand that was voided.
        WHEN b.payment_stage = 'FAILED' THEN EXISTS (
          SELECT FROM payments p WHERE p.booking_id = b.id AND (p.stage NOT IN ('NONE', 'CAPTURED') OR p.refunded_amount > 0))
        WHEN b.payment_stage = 'CAPTURED' THEN b.paid_amount + b.waived_amount > 0 OR b.total_payable = 0
        ELSE EXISTS (SELECT FROM payments p WHERE p.booking_id = b.id AND p.refunded_amount > 0)
      END
      -- And what a card holds shows, unless it is being let go.
      OR (b.payment_stage <> 'CAPTURING' AND ${cardPayment(Prisma.sql`p.stage = 'CAPTURING'`)})
      OR (b.payment_stage <> 'AUTHORIZED' AND ${cardPayment(Prisma.sql`p.stage = 'AUTHORIZED' AND NOT ${BEING_VOIDED}`)})`,
  overpaid: Prisma.sql`
    SELECT code || ': paid ' || paid_amount || ', waived ' || waived_amount || ' of ' || total_payable AS offender
    FROM bookings b CROSS JOIN LATERAL ${OUTGOING} leaving
    WHERE ${BALANCE} + leaving.amount < 0`,
  ended_but_still_charged: Prisma.sql`
    SELECT b.code || ': ' || b.status || ', paid ' || b.paid_amount || ', fee ' || b.fee_amount || ', leaving or disputed ' || leaving.amount AS offender
    FROM bookings b CROSS JOIN LATERAL ${OUTGOING} leaving
    WHERE ${NOTHING_OWED} AND b.paid_amount - leaving.amount > b.fee_amount`,
  refunds_nobody_makes: Prisma.sql`
    SELECT b.code || ': ' || r.amount AS offender FROM refunds r JOIN bookings b ON b.id = r.booking_id
    WHERE ${isOpen('r')} AND r.destination = 'CARD' AND NOT EXISTS (
      SELECT FROM gateway_operations o WHERE o.refund_id = r.id AND ${isOpen('o')})`,
  ...LEDGER_CHECKS,
  captures_nobody_makes: Prisma.sql`
    SELECT b.code AS offender FROM payments p JOIN bookings b ON b.id = p.booking_id
    WHERE p.stage = 'CAPTURING' AND NOT EXISTS (
      SELECT FROM gateway_operations o WHERE o.payment_id = p.id AND o.kind = 'CAPTURE' AND ${isOpen('o')})`,
  ended_but_still_authorized: Prisma.sql`
    SELECT b.code || ': ' || b.status || ' with money authorized and no void queued' AS offender
    FROM bookings b JOIN payments p ON p.booking_id = b.id
    WHERE ${CALLED_OFF_BOOKING} AND p.stage = 'AUTHORIZED'
      AND NOT EXISTS (SELECT FROM gateway_operations o WHERE o.payment_id = p.id AND o.kind = 'VOID' AND ${isOpen('o')})`,
  stuck_webhooks: Prisma.sql`
    SELECT event_id || ' ' || type AS offender FROM webhook_events
    WHERE state = 'RECEIVED' AND received_at < (SELECT app_now()) - interval '5 minutes'`,
  overdue_holds: Prisma.sql`
    SELECT b.code AS offender FROM bookings b WHERE ${overdueHold(Prisma.sql`${NOW} - interval '30 seconds'`)}`,
  unpaid_moves: Prisma.sql`
    SELECT b.code || ': moved, unpaid since ' || h.expires_at AS offender
    FROM held_moves h JOIN bookings b ON b.id = h.booking_id
    WHERE h.expires_at < ${NOW} - interval '1 minute' AND NOT EXISTS (
      SELECT FROM gateway_operations o WHERE o.booking_id = b.id AND ${isOpen('o')})`,
  status_without_audit: Prisma.sql`
    SELECT b.code || ': ' || b.status || ', history ends with ' || coalesce(e.to_status::text, 'nothing') AS offender
    FROM bookings b
    LEFT JOIN LATERAL (SELECT to_status FROM booking_events WHERE booking_id = b.id ORDER BY id DESC LIMIT 1) e ON true
    WHERE e.to_status IS DISTINCT FROM b.status`,
  broken_audit_chains: Prisma.sql`
    SELECT b.code || ': ' || e.from_status || ' after ' || coalesce(e.previous::text, 'nothing') AS offender
    FROM (
      SELECT booking_id, from_status, lag(to_status) OVER (PARTITION BY booking_id ORDER BY id) AS previous FROM booking_events
    ) e JOIN bookings b ON b.id = e.booking_id
    WHERE e.from_status IS DISTINCT FROM e.previous`,
  overlapping_appointments: Prisma.sql`
    SELECT p.code || ' of ' || v.code || ' and ' || q.code AS offender
    FROM (
      -- A window over each provider's time, because a self-join of a year of appointments took seconds.
      SELECT booking_id, provider_id, occupied_from, max(occupied_until) OVER (PARTITION BY provider_id ORDER BY occupied_from, booking_id
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS taken_until
      FROM appointments WHERE is_live
    ) b
    JOIN appointments a ON a.provider_id = b.provider_id AND a.is_live AND a.occupied_until > b.occupied_from
      AND (a.occupied_from, a.booking_id) < (b.occupied_from, b.booking_id)
    JOIN bookings p ON p.id = a.booking_id JOIN bookings q ON q.id = b.booking_id JOIN providers v ON v.id = a.provider_id
    WHERE b.occupied_from < b.taken_until`,
  appointments_without_their_time: Prisma.sql`
    SELECT b.code || ': ' || b.status || CASE WHEN a.is_live THEN ' but takes' ELSE ' but does not take' END || ' its time' AS offender
    FROM appointments a JOIN bookings b ON b.id = a.booking_id
    WHERE (a.is_live AND b.status IN ('DECLINED', 'CANCELLED', 'NO_SHOW'))
      OR (NOT a.is_live AND ${ACTIVE_BOOKING})
      OR (a.is_live AND NOT (a.occupied_from <= b.starts_at AND b.ends_at <= a.occupied_until))`,
  gaps_in_feeds: Prisma.sql`
    SELECT p.slug || ': ' || count(o.seq) || ' events up to ' || coalesce(max(o.seq), 0) || ', numbered to ' || f.last_seq AS offender
    FROM feeds f JOIN properties p ON p.id = f.property_id
    LEFT JOIN outbox_messages o ON o.property_id = f.property_id AND o.seq IS NOT NULL
    GROUP BY p.slug, f.last_seq HAVING count(o.seq) <> f.last_seq OR coalesce(max(o.seq), 0) <> f.last_seq`,
  unpublished_events: Prisma.sql`
    SELECT p.slug || ': ' || o.type || ' ' || o.id AS offender FROM outbox_messages o JOIN properties p ON p.id = o.property_id
    WHERE o.seq IS NULL AND o.occurred_at < (SELECT app_now()) - interval '1 minute'`,
  bookings_without_primary_guest: Prisma.sql`
    SELECT code AS offender FROM bookings b
    WHERE NOT EXISTS (SELECT FROM party_members m WHERE m.booking_id = b.id AND m.role = 'PRIMARY')`,
};

/** Checks every invariant. Returns: one result each, with a count of zero when the invariant holds. */
export async function checkInvariants(ctx: Pick<Context, 'db'>): Promise<InvariantResult[]> {
  const results: InvariantResult[] = [];
  for (const [name, query] of Object.entries(INVARIANTS)) results.push(await findOffenders(ctx.db, name, query));
  return results;
}

/** Finds the rows that break one invariant, in one statement. */
export async function findOffenders(
  db: Pick<Context['db'], '$queryRaw'>,
  name: string,
  query: Prisma.Sql,
): Promise<InvariantResult> {
  const rows = await db.$queryRaw<{ offender: string; total: number }[]>`
    SELECT offender, (count(*) OVER ())::int AS total FROM (${query}) AS broken LIMIT ${MAX_OFFENDERS}`;
  return { name, count: rows[0]?.total ?? 0, offenders: rows.map((row) => row.offender) };
}
