import { invalidParameter, StripeFailure } from '../http/stripe-failure.ts';
import { DEFAULT_LIMIT } from './render.ts';
import type { Page } from './render.ts';

export interface Paging {
  readonly limit?: number;
  readonly starting_after?: string;
  readonly ending_before?: string;
  readonly created?: number | CreatedRange;
}

interface CreatedRange {
  readonly gt?: number;
  readonly gte?: number;
  readonly lt?: number;
  readonly lte?: number;
}

/**
 * Returns a page, newest first like every list of Stripe.
 *
 * `items` are oldest first. A cursor is the id of any item, even of an item outside the filters.
 * Throws: StripeFailure 400 for an unknown cursor.
 */
export function paginate<T extends Page['items'][number]>(
  items: readonly T[],
  input: Paging,
  url: string,
  matches: (item: T) => boolean = () => true,
): Page {
  const { limit = DEFAULT_LIMIT, starting_after: after, ending_before: before } = input;
  if (after !== undefined && before !== undefined) {
    throw invalidParameter('Please only provide one of starting_after or ending_before.', undefined, 'ending_before');
  }
  const newestFirst = items.toReversed();
  const isIncluded = (item: T) => matches(item) && isCreatedIn(item, input.created);
  if (before !== undefined) {
    const newer = newestFirst.slice(0, positionOf(newestFirst, before, 'ending_before')).filter(isIncluded);
    return { items: newer.slice(-limit), hasMore: newer.length > limit, url };
  }
  const start = after === undefined ? 0 : positionOf(newestFirst, after, 'starting_after') + 1;
  const older = newestFirst.slice(start).filter(isIncluded);
  return { items: older.slice(0, limit), hasMore: older.length > limit, url };
}

function positionOf(items: readonly { id: string }[], id: string, param: string): number {
  const position = items.findIndex((item) => item.id === id);
  if (position >= 0) return position;
  throw new StripeFailure(400, `No such object: '${id}'`, { code: 'resource_missing', param });
}

function isCreatedIn(item: object, range: Paging['created']): boolean {
  if (range === undefined || !('created' in item)) return true;
  const created = Number(item.created);
  if (typeof range === 'number') return created === range;
  const { gt = -Infinity, gte = -Infinity, lt = Infinity, lte = Infinity } = range;
  return created > gt && created >= gte && created < lt && created <= lte;
}
