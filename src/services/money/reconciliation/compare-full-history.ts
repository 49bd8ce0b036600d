import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../../../context.ts';
import { queryGateway } from './movements/query-gateway.ts';
import type { RetryPolicy } from './movements/query-gateway.ts';
import { addSums, compareWithGateway, ZERO_SUMS } from './difference.ts';
import type { Difference, Sums } from './difference.ts';
import { mapInParallel } from './movements/map-in-parallel.ts';
import type { GatewayActivity } from './match-movements.ts';
import { readBooks } from './read-books.ts';
import type { PaymentBooks } from './read-books.ts';
import type { Span } from './movements/read-movements.ts';

const CONCURRENCY = 6;
/** Reads per payment while another process records events of the payment, and the wait between two reads. */
const MAX_READS = 4;
const REREAD_WAIT_MS = 500;

interface Suspects {
  readonly propertyId: string;
  readonly span: Span;
  readonly books: readonly PaymentBooks[];
  /** Movements of the span in the gateway's account, by payment id. */
  readonly activity: ReadonlyMap<string, GatewayActivity>;
  readonly retryPolicy: RetryPolicy;
}

/**
 * Compares payments over their full history, as of now.
 *
 * A movement recorded just after the end of the span is therefore no difference. The gateway is read first, the ledger
 * second. Both are read again while another process records events of the payment.
 * Returns: the remaining differences.
 */
export async function compareFullHistory(ctx: Context, input: Suspects): Promise<Difference[]> {
  const differences: Difference[] = [];
  let suspects = input.books;
  for (let read = 1; suspects.length > 0; read += 1) {
    const truths = new Map(
      await mapInParallel(suspects, CONCURRENCY, async (book) => {
        const known = input.activity.get(book.paymentId);
        return [book.paymentId, await readTruth(ctx, book, known, input.retryPolicy)] as const;
      }),
    );
    const paymentIds = suspects.map(({ paymentId }) => paymentId);
    const stillBusy: PaymentBooks[] = [];
    for (const book of await readBooks(ctx, { ...input, paymentIds })) {
      const known = input.activity.get(book.paymentId);
      const intentId = book.intentId ?? known?.intentIds[0] ?? null;
      const disputeIds = [...new Set([...book.disputeIds, ...(known?.disputes.ids ?? [])])];
      const found = compareWithGateway(
        { ...book, intentId, disputeIds },
        book.viaGateway,
        truths.get(book.paymentId) ?? ZERO_SUMS,
      );
      if (found.length > 0 && book.isBusy && read < MAX_READS) stillBusy.push(book);
      else differences.push(...found);
    }
    suspects = stillBusy;
    if (stillBusy.length > 0) await sleep(REREAD_WAIT_MS);
  }
  return differences;
}

/** Reads the gateway's sums of a payment, as of now. */
async function readTruth(
  ctx: Context,
  book: PaymentBooks,
  activity: GatewayActivity | undefined,
  retryPolicy: RetryPolicy,
): Promise<Sums> {
  const ids = new Set([...(activity?.intentIds ?? []), ...(book.intentId === null ? [] : [book.intentId])]);
  let sums: Sums = { ...ZERO_SUMS, disputed: await readDisputed(ctx, book, activity, retryPolicy) };
  for (const id of ids) {
    const intent = await queryGateway(ctx, retryPolicy, (gateway) => gateway.getIntent(id));
    if (intent === null) continue;
    sums = addSums(sums, { ...ZERO_SUMS, captured: intent.amountCaptured, refunded: intent.amountRefunded });
  }
  return sums;
}

/** Adds up a payment's disputes: known disputes as of now, unknown disputes from the movements of the span. */
async function readDisputed(
  ctx: Context,
  { disputeIds, disputeAmount }: PaymentBooks,
  activity: GatewayActivity | undefined,
  retryPolicy: RetryPolicy,
): Promise<number> {
  let disputed = 0;
  for (const id of disputeIds) {
    const dispute = await queryGateway(ctx, retryPolicy, (gateway) => gateway.getDispute(id));
    if (dispute !== null && (dispute.status === 'OPEN' || dispute.status === 'LOST')) disputed += dispute.amount;
  }
  const unknown = Math.max(0, (activity?.disputes.opened ?? 0) - disputeAmount);
  const won = Math.max(0, (activity?.disputes.won ?? 0) - disputeAmount);
  return disputed + Math.max(0, unknown - won);
}
