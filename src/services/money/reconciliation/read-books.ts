import type { Context } from '../../../context.ts';
import { Prisma } from '../../../db/client.ts';
import { CAPTURED_PAYMENT, isOpen, isUnleased } from '../../../db/predicates.ts';
import type { Sums } from './difference.ts';
import type { Span } from './movements/read-movements.ts';
import { sumTransfers } from './read-posted.ts';

/** Records of one payment in our tables, read in one statement. */
export interface PaymentBooks {
  readonly paymentId: string;
  readonly bookingCode: string;
  readonly currency: string;
  readonly intentId: string | null;
  /** The gateway's ids of the payment's disputes, and their total amount. */
  readonly disputeIds: readonly string[];
  readonly disputeAmount: number;
  /** Sums of the payment's row, refunds and disputes, for every destination. */
  readonly recorded: Sums;
  /** Sums of a card payment that fall into the span; zero for other methods. */
  readonly recordedInSpan: Sums;
  /** Sums of the ledger over all accounts. */
  readonly posted: Sums;
  /** Sums of the ledger over the gateway's account. */
  readonly viaGateway: Sums;
  /** Another process is recording events of the payment now. */
  readonly isBusy: boolean;
}

/** Payments read by one statement, which stays well below the statement timeout. */
const BATCH = 500;

/** Reads our records of the property's payments; ids of other properties are skipped. */
export async function readBooks(
  ctx: Pick<Context, 'db'>,
  input: { readonly propertyId: string; readonly paymentIds: readonly string[]; readonly span: Span },
): Promise<PaymentBooks[]> {
  const books: PaymentBooks[] = [];
  for (let at = 0; at < input.paymentIds.length; at += BATCH) {
    const rows = await readRows(ctx, { ...input, paymentIds: input.paymentIds.slice(at, at + BATCH) });
    books.push(...rows.map(toBook));
  }
  return books;
}

interface BookRow {
  id: string;
  code: string;
  currency: string;
  intent_id: string | null;
  is_busy: boolean;
  dispute_ids: string[];
  dispute_amount: bigint;
  recorded_captured: bigint;
  recorded_refunded: bigint;
  recorded_disputed: bigint;
  span_captured: bigint;
  span_refunded: bigint;
  span_disputed: bigint;
  captured: bigint;
  refunded: bigint;
  disputed: bigint;
  via_captured: bigint;
  via_refunded: bigint;
  via_disputed: bigint;
}

async function readRows(
  ctx: Pick<Context, 'db'>,
  { propertyId, paymentIds, span }: { propertyId: string; paymentIds: readonly string[]; span: Span },
): Promise<BookRow[]> {
  const isIn = (time: Prisma.Sql) => Prisma.sql`${time} >= ${span.from} AND ${time} < ${span.to}`;
  return ctx.db.$queryRaw<BookRow[]>`
    SELECT p.id, b.code, p.currency, p.intent_id, busy.is_busy, d.dispute_ids, d.dispute_amount,
      s.captured AS recorded_captured, r.refunded AS recorded_refunded, d.disputed AS recorded_disputed,
      CASE WHEN p.provider = 'STRIPE' AND ${isIn(Prisma.sql`coalesce(l.captured_at, p.created_at)`)} THEN s.captured ELSE 0 END::bigint AS span_captured,
      r.span_refunded, d.span_disputed,
      l.captured, l.refunded, l.disputed, l.via_captured, l.via_refunded, l.via_disputed
    FROM payments p
    JOIN bookings b ON b.id = p.booking_id
    CROSS JOIN LATERAL (
      SELECT CASE WHEN ${CAPTURED_PAYMENT} THEN p.amount ELSE 0 END::bigint
    ) AS s(captured)
    CROSS JOIN LATERAL (
      SELECT min(t.at) FILTER (WHERE t.kind = 'PAYMENT'), ${sumTransfers(Prisma.sql`true`)}, ${sumTransfers(Prisma.sql`g.id IS NOT NULL`)}
      FROM ledger_transfers t
      LEFT JOIN disputes d ON d.id = t.dispute_id
      LEFT JOIN ledger_accounts g ON g.property_id = t.property_id AND g.kind = 'GATEWAY' AND g.id IN (t.debit_account_id, t.credit_account_id)
      WHERE t.booking_id = p.booking_id AND coalesce(t.payment_id, d.payment_id) = p.id
    ) AS l(captured_at, captured, refunded, disputed, via_captured, via_refunded, via_disputed)
    CROSS JOIN LATERAL (
      SELECT coalesce(sum(amount), 0)::bigint,
        coalesce(sum(amount) FILTER (WHERE destination = 'CARD' AND ${isIn(Prisma.sql`settled_at`)}), 0)::bigint
      FROM refunds WHERE payment_id = p.id AND state = 'DONE'
    ) AS r(refunded, span_refunded)
    CROSS JOIN LATERAL (
      SELECT coalesce(array_agg(gateway_dispute_id), '{}'), coalesce(sum(amount), 0)::bigint,
        coalesce(sum(amount) FILTER (WHERE status IN ('OPEN', 'LOST')), 0)::bigint,
        (coalesce(sum(amount) FILTER (WHERE status IN ('OPEN', 'WON', 'LOST') AND ${isIn(Prisma.sql`opened_at`)}), 0)
          - coalesce(sum(amount) FILTER (WHERE status = 'WON' AND ${isIn(Prisma.sql`closed_at`)}), 0))::bigint
      FROM disputes WHERE payment_id = p.id
    ) AS d(dispute_ids, dispute_amount, disputed, span_disputed)
    CROSS JOIN LATERAL (
      SELECT EXISTS (
          SELECT FROM gateway_operations o WHERE o.payment_id = p.id AND ${isOpen('o')} AND NOT ${isUnleased('o')})
        OR EXISTS (
          SELECT FROM webhook_events w WHERE w.booking_id = p.booking_id AND w.state = 'RECEIVED' AND NOT ${isUnleased('w')})
    ) AS busy(is_busy)
    WHERE p.property_id = ${propertyId}::uuid AND p.id = ANY(${paymentIds}::uuid[])
    ORDER BY p.id`;
}

function toBook(row: BookRow): PaymentBooks {
  return {
    paymentId: row.id,
    bookingCode: row.code,
    currency: row.currency,
    intentId: row.intent_id,
    disputeIds: row.dispute_ids,
    disputeAmount: Number(row.dispute_amount),
    isBusy: row.is_busy,
    recorded: toSums(row.recorded_captured, row.recorded_refunded, row.recorded_disputed),
    recordedInSpan: toSums(row.span_captured, row.span_refunded, row.span_disputed),
    posted: toSums(row.captured, row.refunded, row.disputed),
    viaGateway: toSums(row.via_captured, row.via_refunded, row.via_disputed),
  };
}

function toSums(captured: bigint, refunded: bigint, disputed: bigint): Sums {
  return { captured: Number(captured), refunded: Number(refunded), disputed: Number(disputed) };
}
