import type { Context } from '../../../context.ts';
import { addDays, startOfDate } from '../../../domain/time/calendar.ts';
import type { PlainDate } from '../../../domain/time/calendar.ts';
import type { RetryPolicy } from './movements/query-gateway.ts';
import { compareFullHistory } from './compare-full-history.ts';
import { addSums, compareWithGateway, compareWithPayment, isSame, ZERO_SUMS } from './difference.ts';
import type { Difference, Sums } from './difference.ts';
import { matchMovements } from './match-movements.ts';
import type { Matched } from './match-movements.ts';
import { readBooks } from './read-books.ts';
import type { PaymentBooks } from './read-books.ts';
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
  /** Gateway amounts of these days in each of the books, in the property's currency. */
  readonly totals: {
    readonly ledger: Total;
    readonly payments: Total;
    readonly gateway: Total;
    /** Movements of unrelated payments in the gateway's account. */
    readonly strangers: { readonly count: number; readonly amount: number };
  };
}

interface Comparison {
  readonly propertyId: string;
  /** The property's dates, both included. */
  readonly from: PlainDate;
  readonly to: PlainDate;
  readonly retryPolicy: RetryPolicy;
}

/**
 * Compares ledger, payments and the gateway's account over a range of days, and lists every difference.
 *
 * A payment whose sums differ in the range is compared over the full history, because events may cross midnight. No
 * transaction is open: the gateway is read first, our records second.
 * Throws: gateway_unavailable.
 */
export async function reconcileProperty(
  ctx: Context,
  input: Comparison,
  read: ReadMovements = readMovements,
): Promise<Reconciliation> {
  const { propertyId, from, to, retryPolicy } = input;
  const { timezone, currency } = await ctx.db.property.findUniqueOrThrow({ where: { id: propertyId } });
  const span = { from: startOfDate(from, timezone), to: startOfDate(addDays(to, 1), timezone) };
  const matched = await matchMovements(ctx, propertyId, await read(ctx, span, retryPolicy));
  const posted = await readPosted(ctx, propertyId, span);
  const paymentIds = new Set([
    ...matched.byPayment.keys(),
    ...posted.flatMap(({ paymentId }) => paymentId ?? []),
    ...(await listCaptured(ctx, propertyId, span)),
  ]);
  const books = await readBooks(ctx, { propertyId, paymentIds: [...paymentIds], span });
  const activity = matched.byPayment;
  const suspects = findSuspects(books, matched, posted);
  const differences = [
    ...(await compareFullHistory(ctx, { propertyId, span, retryPolicy, activity, books: suspects })),
    ...books.flatMap((book) =>
      compareWithPayment({ ...book, intentId: null, disputeIds: [] }, book.recorded, book.posted),
    ),
    ...posted.flatMap(findOrphan),
    ...(await findImbalance(ctx, propertyId)),
  ];
  const totals = addUp(currency, { books, posted, matched });
  return { from, to, currency, balanced: differences.length === 0, differences, totals };
}

/** Finds payments whose sums at the gateway and in the ledger differ in the span. */
function findSuspects(
  books: readonly PaymentBooks[],
  { byPayment }: Matched,
  posted: readonly Posted[],
): PaymentBooks[] {
  const ledger = new Map(posted.map(({ paymentId, sums }) => [paymentId, sums]));
  return books.filter(
    ({ paymentId }) => !isSame(byPayment.get(paymentId)?.sums ?? ZERO_SUMS, ledger.get(paymentId) ?? ZERO_SUMS),
  );
}

/** Reports ledger transfers through the gateway without a payment, which the gateway cannot have. */
function findOrphan({ paymentId, bookingCode, currency, sums }: Posted): Difference[] {
  if (paymentId !== null) return [];
  return compareWithGateway({ paymentId, bookingCode, intentId: null, currency }, sums, ZERO_SUMS);
}

async function findImbalance(ctx: Pick<Context, 'db'>, propertyId: string): Promise<Difference[]> {
  const rows = await ctx.db.ledgerAccount.groupBy({
    by: ['currency'],
    where: { propertyId },
    _sum: { balance: true },
    orderBy: { currency: 'asc' },
  });
  return rows.flatMap(({ currency, _sum }) => {
    const found = Number(_sum.balance ?? 0);
    const noPayment = { bookingCode: null, paymentId: null, intentId: null, disputeIds: [] };
    return found === 0 ? [] : [{ kind: 'ledger_imbalance' as const, ...noPayment, expected: 0, found, currency }];
  });
}

function addUp(
  currency: string,
  { books, posted, matched }: { books: readonly PaymentBooks[]; posted: readonly Posted[]; matched: Matched },
): Reconciliation['totals'] {
  const own = books.filter((book) => book.currency === currency);
  const unrelated = matched.unrelated.filter((movement) => movement.currency === currency);
  return {
    ledger: total(posted.filter((part) => part.currency === currency).map(({ sums }) => sums)),
    payments: total(own.map(({ recordedInSpan }) => recordedInSpan)),
    gateway: total(own.map(({ paymentId }) => matched.byPayment.get(paymentId)?.sums ?? ZERO_SUMS)),
    strangers: {
      count: matched.unrelated.length,
      amount: unrelated.reduce((sum, { amount }) => sum + amount, 0),
    },
  };
}

function total(parts: readonly Sums[]): Total {
  const sums = parts.reduce(addSums, ZERO_SUMS);
  return { ...sums, net: sums.captured - sums.refunded - sums.disputed };
}
