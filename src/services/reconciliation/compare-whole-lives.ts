import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../../context.ts';
import { askGateway } from './movements/ask-gateway.ts';
import type { Patience } from './movements/ask-gateway.ts';
import { addSums, compareWithGateway, NOTHING } from './difference.ts';
import type { Difference, Sums } from './difference.ts';
import { mapInParallel } from './movements/map-in-parallel.ts';
import type { Shown } from './movements/match-movements.ts';
import { readBooks } from './read-books.ts';
import type { Book } from './read-books.ts';
import type { Span } from './movements/read-movements.ts';

const AT_ONCE = 6;
/** While somebody is writing down the news of a payment, it is looked at again: so often, and so long after. */
const LOOKS = 4;
const LOOK_AGAIN_MS = 500;

interface Suspicion {
  readonly propertyId: string;
  readonly span: Span;
  readonly books: readonly Book[];
  /** What the gateway's account shows of them in the span. */
  readonly shown: ReadonlyMap<string, Shown>;
  readonly patience: Patience;
}

/**
 * Compares payments as they are now, from beginning to end, and answers what differs still.
 *
 * What the gateway did in the last second of a span and we wrote down in the next is no difference. The gateway is asked
 * first, our books are read afterwards; both are asked again while somebody is at it.
 */
export async function compareWholeLives(ctx: Context, suspicion: Suspicion): Promise<Difference[]> {
  const differences: Difference[] = [];
  let suspects = suspicion.books;
  for (let look = 1; suspects.length > 0; look += 1) {
    const truths = new Map(
      await mapInParallel(suspects, AT_ONCE, async (book) => {
        const known = suspicion.shown.get(book.paymentId);
        return [book.paymentId, await readTruth(ctx, book, known, suspicion.patience)] as const;
      }),
    );
    const paymentIds = suspects.map(({ paymentId }) => paymentId);
    const again: Book[] = [];
    for (const book of await readBooks(ctx, { ...suspicion, paymentIds })) {
      const intentId = book.intentId ?? suspicion.shown.get(book.paymentId)?.intentIds[0] ?? null;
      const found = compareWithGateway({ ...book, intentId }, book.viaGateway, truths.get(book.paymentId) ?? NOTHING);
      if (found.length > 0 && book.isBusy && look < LOOKS) again.push(book);
      else differences.push(...found);
    }
    suspects = again;
    if (again.length > 0) await sleep(LOOK_AGAIN_MS);
  }
  return differences;
}

/** What the gateway has of a payment by now. */
async function readTruth(ctx: Context, book: Book, shown: Shown | undefined, patience: Patience): Promise<Sums> {
  const ids = new Set([...(shown?.intentIds ?? []), ...(book.intentId === null ? [] : [book.intentId])]);
  let sums: Sums = { ...NOTHING, disputed: await readDisputed(ctx, book, shown, patience) };
  for (const id of ids) {
    const intent = await askGateway(ctx, patience, (gateway) => gateway.getIntent(id));
    if (intent === null) continue;
    sums = addSums(sums, { ...NOTHING, captured: intent.amountCaptured, refunded: intent.amountRefunded });
  }
  return sums;
}

/** The gateway is asked for disputes we know of; of others there is only what its account shows in the span. */
async function readDisputed(
  ctx: Context,
  { disputeIds, disputeAmount }: Book,
  shown: Shown | undefined,
  patience: Patience,
): Promise<number> {
  let disputed = 0;
  for (const id of disputeIds) {
    const dispute = await askGateway(ctx, patience, (gateway) => gateway.getDispute(id));
    if (dispute !== null && dispute.status !== 'WON') disputed += dispute.amount;
  }
  const unknown = Math.max(0, (shown?.disputes.opened ?? 0) - disputeAmount);
  const won = Math.max(0, (shown?.disputes.won ?? 0) - disputeAmount);
  return disputed + Math.max(0, unknown - won);
}
