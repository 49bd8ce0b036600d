import type { Context } from '../../../context.ts';
import { Prisma } from '../../../db/client.ts';
import { CAPTURED_PAYMENT } from '../../../db/predicates.ts';
import { addSums } from './difference.ts';
import type { Sums } from './difference.ts';
import { sliceSpan } from './movements/read-movements.ts';
import type { Span } from './movements/read-movements.ts';

/** Builds three sums over the transfers `t` that match `filter`. A failed payout is subtracted from refunds, a void from payments. */
export function sumTransfers(filter: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`
    (coalesce(sum(t.amount) FILTER (WHERE t.kind = 'PAYMENT' AND ${filter}), 0)
      - coalesce(sum(t.amount) FILTER (WHERE t.kind = 'PAYMENT_VOIDED' AND ${filter}), 0))::bigint,
    (coalesce(sum(t.amount) FILTER (WHERE t.kind IN ('PAYOUT', 'LOSS') AND ${filter}), 0)
      - coalesce(sum(t.amount) FILTER (WHERE t.kind = 'PAYOUT_FAILED' AND ${filter}), 0))::bigint,
    (coalesce(sum(t.amount) FILTER (WHERE t.kind = 'DISPUTE' AND ${filter}), 0)
      - coalesce(sum(t.amount) FILTER (WHERE t.kind = 'DISPUTE_WON' AND ${filter}), 0))::bigint`;
}

/** Sums of one payment in the ledger's gateway account. */
export interface Posted {
  /** Null for a transfer without a payment, which this code base never writes. */
  readonly paymentId: string | null;
  readonly bookingCode: string | null;
  readonly currency: string;
  readonly sums: Sums;
}

interface PostedRow {
  readonly payment_id: string | null;
  readonly code: string | null;
  readonly currency: string;
  readonly captured: bigint;
  readonly refunded: bigint;
  readonly disputed: bigint;
}

/** Days added up by one statement; at a thousand payments a day far below the statement timeout. */
const DAYS_PER_STATEMENT = 7;

/** Reads the ledger's gateway sums of the span per payment; zeros for manual and wallet payments. */
export async function readPosted(ctx: Pick<Context, 'db'>, propertyId: string, span: Span): Promise<Posted[]> {
  const posted = new Map<string, Posted>();
  for (const slice of sliceSpan(span, DAYS_PER_STATEMENT)) {
    for (const part of await readSlice(ctx, propertyId, slice)) {
      const key = `${part.paymentId ?? ''} ${part.bookingCode ?? ''} ${part.currency}`;
      const known = posted.get(key);
      posted.set(key, known === undefined ? part : { ...known, sums: addSums(known.sums, part.sums) });
    }
  }
  return [...posted.values()];
}

async function readSlice(ctx: Pick<Context, 'db'>, propertyId: string, span: Span): Promise<Posted[]> {
  const rows = await ctx.db.$queryRaw<PostedRow[]>`
    SELECT moved.*, b.code FROM (
      SELECT coalesce(t.payment_id, d.payment_id), t.booking_id, a.currency,
        ${sumTransfers(Prisma.sql`g.id IS NOT NULL`)}
      FROM ledger_transfers t
      JOIN ledger_accounts a ON a.id = t.debit_account_id
      LEFT JOIN ledger_accounts g ON g.property_id = t.property_id AND g.kind = 'GATEWAY' AND g.id IN (t.debit_account_id, t.credit_account_id)
      LEFT JOIN disputes d ON d.id = t.dispute_id
      WHERE t.property_id = ${propertyId}::uuid AND t.at >= ${span.from} AND t.at < ${span.to}
        AND (g.id IS NOT NULL OR t.kind IN ('PAYMENT', 'PAYMENT_VOIDED', 'PAYOUT', 'PAYOUT_FAILED'))
      GROUP BY 1, 2, 3
    ) AS moved (payment_id, booking_id, currency, captured, refunded, disputed)
    LEFT JOIN bookings b ON b.id = moved.booking_id`;
  return rows.map((row) => ({
    paymentId: row.payment_id,
    bookingCode: row.code,
    currency: row.currency,
    sums: { captured: Number(row.captured), refunded: Number(row.refunded), disputed: Number(row.disputed) },
  }));
}

/** Lists captured payments created in the span, with or without ledger transfers. */
export async function listCaptured(ctx: Pick<Context, 'db'>, propertyId: string, span: Span): Promise<string[]> {
  const rows = await ctx.db.$queryRaw<{ id: string }[]>`
    SELECT p.id FROM payments p
    WHERE p.property_id = ${propertyId}::uuid AND ${CAPTURED_PAYMENT}
      AND p.created_at >= ${span.from} AND p.created_at < ${span.to}`;
  return rows.map(({ id }) => id);
}
