import type { Context } from '../../context.ts';
import { addDays, startOfDate } from '../../domain/time/calendar.ts';
import type { PlainDate } from '../../domain/time/calendar.ts';
import type { Patience } from './movements/ask-gateway.ts';
import { compareWholeLives } from './compare-whole-lives.ts';
import { addSums, compareWithGateway, compareWithPayment, isSame, NOTHING } from './difference.ts';
import type { Difference, Sums } from './difference.ts';
import { matchMovements } from './movements/match-movements.ts';
import type { Matched } from './movements/match-movements.ts';
import { readBooks } from './read-books.ts';
import type { Book } from './read-books.ts';
import { readMovements } from './movements/read-movements.ts';
import type { ReadMovements } from './movements/read-movements.ts';
import { listCaptured, readPosted } from './read-posted.ts';
import type { Posted } from './read-posted.ts';

export interface Total extends Sums {
  readonly net: number;
}

export interface Reconciliation {
  readonly from: PlainDate;
  readonly to: PlainDate;
  readonly currency: string;
  readonly balanced: boolean;
  readonly differences: readonly Difference[];
  /** What went through the gateway on these days by each of the books, in the property's currency. */
  readonly totals: {
    readonly ledger: Total;
    readonly payments: Total;
    readonly gateway: Total;
    /** What the gateway's account shows of payments that are nobody's here. */
    readonly strangers: { readonly count: number; readonly amount: number };
  };
}

interface Comparison {
  readonly propertyId: string;
  /** The property's dates, both included. */
  readonly from: PlainDate;
  readonly to: PlainDate;
  readonly patience: Patience;
}

/**
 * Compares ledger, payments and the gateway's own account over some days, and names every difference.
 *
 * The days' sums of a payment may differ because its news crossed midnight; only what differs over its whole life is one.
 * No transaction is open meanwhile: the gateway is read first, our books after it.
 * Throws: gateway_unavailable.
 */
export async function reconcileProperty(
  ctx: Context,
  input: Comparison,
  read: ReadMovements = readMovements,
): Promise<Reconciliation> {
  const { propertyId, from, to, patience } = input;
  const { timezone, currency } = await ctx.db.property.findUniqueOrThrow({ where: { id: propertyId } });
  const span = { from: startOfDate(from, timezone), to: startOfDate(addDays(to, 1), timezone) };
  const matched = await matchMovements(ctx, propertyId, await read(ctx, span, patience));
  const posted = await readPosted(ctx, propertyId, span);
  const paymentIds = new Set([
    ...matched.byPayment.keys(),
    ...posted.flatMap(({ paymentId }) => paymentId ?? []),
    ...(await listCaptured(ctx, propertyId, span)),
  ]);
  const books = await readBooks(ctx, { propertyId, paymentIds: [...paymentIds], span });
  const shown = matched.byPayment;
  const suspects = findSuspects(books, matched, posted);
  const differences = [
    ...(await compareWholeLives(ctx, { propertyId, span, patience, shown, books: suspects })),
    ...books.flatMap((book) => compareWithPayment({ ...book, intentId: null }, book.said, book.posted)),
    ...posted.flatMap(findOrphan),
    ...(await findImbalance(ctx, propertyId)),
  ];
  const totals = addUp(currency, { books, posted, matched });
  return { from, to, currency, balanced: differences.length === 0, differences, totals };
}

/** Payments of which the gateway and the ledger did not say the same in the span. */
function findSuspects(books: readonly Book[], { byPayment }: Matched, posted: readonly Posted[]): Book[] {
  const ledger = new Map(posted.map(({ paymentId, sums }) => [paymentId, sums]));
  return books.filter(
    ({ paymentId }) => !isSame(byPayment.get(paymentId)?.sums ?? NOTHING, ledger.get(paymentId) ?? NOTHING),
  );
}

/** Money the ledger moved through the gateway for no payment, which the gateway can't know. */
function findOrphan({ paymentId, bookingCode, currency, sums }: Posted): Difference[] {
  if (paymentId !== null) return [];
  return compareWithGateway({ paymentId, bookingCode, intentId: null, currency }, sums, NOTHING);
}

async function findImbalance(ctx: Pick<Context, 'db'>, propertyId: string): Promise<Difference[]> {
  const rows = await ctx.db.ledgerAccount.groupBy({
    ...{ by: ['currency'], where: { propertyId }, _sum: { balance: true }, orderBy: { currency: 'asc' } },
  });
  return rows.flatMap(({ currency, _sum }) => {
    const found = Number(_sum.balance ?? 0);
    const nobody = { bookingCode: null, paymentId: null, intentId: null };
    return found === 0 ? [] : [{ kind: 'ledger_imbalance' as const, ...nobody, expected: 0, found, currency }];
  });
}

function addUp(
  currency: string,
  { books, posted, matched }: { books: readonly Book[]; posted: readonly Posted[]; matched: Matched },
): Reconciliation['totals'] {
  const own = books.filter((book) => book.currency === currency);
  const strangers = matched.strangers.filter((movement) => movement.currency === currency);
  return {
    ledger: total(posted.filter((part) => part.currency === currency).map(({ sums }) => sums)),
    payments: total(own.map(({ saidInSpan }) => saidInSpan)),
    gateway: total(own.map(({ paymentId }) => matched.byPayment.get(paymentId)?.sums ?? NOTHING)),
    strangers: {
      count: matched.strangers.length,
      amount: strangers.reduce((sum, { amount }) => sum + amount, 0),
    },
  };
}

function total(parts: readonly Sums[]): Total {
  const sums = parts.reduce(addSums, NOTHING);
  return { ...sums, net: sums.captured - sums.refunded - sums.disputed };
}
