import { Prisma } from '../../../db/client.ts';
import { ACTIVE_BOOKING, CALLED_OFF_BOOKING, CAPTURED_PAYMENT, isOpen } from '../../../db/predicates.ts';

/** The invariants of the ledger, each as a query for the rows that break it. */
export const LEDGER_CHECKS: Record<string, Prisma.Sql> = {
  ledger_imbalance: Prisma.sql`
    SELECT p.slug || ': ' || a.currency || ' accounts add up to ' || sum(a.balance) AS offender
    FROM ledger_accounts a JOIN properties p ON p.id = a.property_id
    GROUP BY p.slug, a.currency HAVING sum(a.balance) <> 0`,
  balances_against_transfers: Prisma.sql`
    SELECT p.slug || ' ' || a.kind || ' ' || a.id || ': ' || a.balance || ', its transfers add up to ' || moved.sum AS offender
    FROM ledger_accounts a JOIN properties p ON p.id = a.property_id
    CROSS JOIN LATERAL (
      SELECT coalesce((SELECT sum(amount) FROM ledger_transfers WHERE credit_account_id = a.id), 0)
        - coalesce((SELECT sum(amount) FROM ledger_transfers WHERE debit_account_id = a.id), 0) AS sum
    ) moved
    WHERE a.balance <> moved.sum`,
  negative_wallets: Prisma.sql`
    SELECT p.slug || ' customer ' || a.customer_id || ': ' || a.balance || ', ' || a.reserved || ' reserved' AS offender
    FROM ledger_accounts a JOIN properties p ON p.id = a.property_id
    WHERE a.kind = 'WALLET' AND (a.balance < 0 OR a.reserved NOT BETWEEN 0 AND a.balance)`,
  wallets_against_payments_under_way: Prisma.sql`
    SELECT p.slug || ' customer ' || a.customer_id || ': ' || a.reserved || ' reserved, payments hold ' || held.sum AS offender
    FROM ledger_accounts a JOIN properties p ON p.id = a.property_id
    CROSS JOIN LATERAL (
      SELECT coalesce(sum(y.wallet_amount), 0) AS sum FROM payments y JOIN bookings b ON b.id = y.booking_id
      WHERE b.customer_id = a.customer_id AND y.currency = a.currency AND y.is_wallet_held
    ) held
    WHERE a.kind = 'WALLET' AND a.reserved <> held.sum`,
  wallet_parts_of_ended_payments: Prisma.sql`
    SELECT b.code || ': ' || p.stage || ' still holds ' || p.wallet_amount AS offender
    FROM payments p JOIN bookings b ON b.id = p.booking_id
    WHERE p.is_wallet_held AND p.stage NOT IN ('NONE', 'SESSION_CREATED', 'AUTHORIZED', 'CAPTURING')`,
  paid_against_ledger: Prisma.sql`
    SELECT b.code || ': ' || b.paid_amount || ' recorded, the ledger says ' || coalesce(moved.sum, 0) AS offender
    FROM bookings b
    LEFT JOIN (
      SELECT booking_id, sum(CASE WHEN kind IN ('PAYOUT', 'PAYMENT_VOIDED') THEN -amount ELSE amount END) AS sum
      FROM ledger_transfers
      WHERE kind IN ('PAYMENT', 'PAYOUT', 'PAYMENT_VOIDED') OR (kind = 'PAYOUT_FAILED' AND credit_account_id IN (SELECT id FROM ledger_accounts WHERE kind = 'REFUNDS'))
      GROUP BY booking_id
    ) moved ON moved.booking_id = b.id
    WHERE b.paid_amount <> coalesce(moved.sum, 0)`,
  payments_without_transfer: Prisma.sql`
    SELECT b.code || ': ' || p.amount || ' by ' || p.method AS offender FROM payments p JOIN bookings b ON b.id = p.booking_id
    WHERE ${CAPTURED_PAYMENT}
      AND NOT EXISTS (SELECT FROM ledger_transfers t WHERE t.payment_id = p.id AND t.kind = 'PAYMENT' AND t.amount = p.amount)`,
  refunds_against_ledger: Prisma.sql`
    SELECT p.slug || ': ' || a.balance || ' set aside, refunds on their way add up to ' || open.sum AS offender
    FROM ledger_accounts a JOIN properties p ON p.id = a.property_id
    CROSS JOIN LATERAL (
      SELECT coalesce(sum(amount - uncovered_amount), 0) AS sum FROM refunds r
      WHERE r.property_id = a.property_id AND r.currency = a.currency AND ${isOpen('r')}
    ) open
    WHERE a.kind = 'REFUNDS' AND a.balance <> open.sum`,
  ended_but_not_earned: Prisma.sql`
    SELECT b.code || ': ' || b.status || ' with ' || a.balance || ' neither earned nor refunded' AS offender
    FROM ledger_accounts a JOIN bookings b ON b.id = a.booking_id
    WHERE a.balance <> 0 AND NOT ${ACTIVE_BOOKING}`,
  open_disputes_against_ledger: Prisma.sql`
    SELECT b.code || ': ' || d.gateway_dispute_id AS offender FROM disputes d JOIN bookings b ON b.id = d.booking_id
    WHERE (d.status NOT IN ('INQUIRY', 'INQUIRY_CLOSED')) <> EXISTS (SELECT FROM ledger_transfers t WHERE t.dispute_id = d.id AND t.kind = 'DISPUTE' AND t.amount = d.amount)
      OR (d.status = 'WON') <> EXISTS (SELECT FROM ledger_transfers t WHERE t.dispute_id = d.id AND t.kind = 'DISPUTE_WON')`,
  miscounted_promo_uses: Prisma.sql`
    SELECT p.code || ': ' || p.uses || ' counted, ' || count(u.booking_id) || ' in use' AS offender
    FROM promos p LEFT JOIN promo_uses u ON u.promo_id = p.id AND u.freed_at IS NULL
    GROUP BY p.id HAVING p.uses <> count(u.booking_id)`,
  promo_uses_against_status: Prisma.sql`
    SELECT b.code || ': ' || b.status || CASE WHEN u.freed_at IS NULL THEN ' still uses ' ELSE ' uses no more ' END || p.code AS offender
    FROM promo_uses u JOIN bookings b ON b.id = u.booking_id JOIN promos p ON p.id = u.promo_id
    WHERE (u.freed_at IS NULL AND b.status IN ('DECLINED', 'CANCELLED') )
      OR (u.freed_at IS NULL AND b.status = 'EXPIRED' AND b.payment_stage <> 'CAPTURING')
      OR (u.freed_at IS NOT NULL AND u.dropped_at IS NULL AND NOT ${CALLED_OFF_BOOKING})`,
};
