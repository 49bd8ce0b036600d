import { refuseParameter, StripeFailure } from '../http/stripe-failure.ts';
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
 * One page, newest first, as Stripe's lists are.
 *
 * `things` come oldest first. A cursor is the id of a thing that need not pass the filters.
 * Throws: StripeFailure 400 for a cursor that is nothing.
 */
export function paginate<T extends Page['items'][number]>(
  things: readonly T[],
  input: Paging,
  url: string,
  keep: (thing: T) => boolean = () => true,
): Page {
  const { limit = DEFAULT_LIMIT, starting_after: after, ending_before: before } = input;
  if (after !== undefined && before !== undefined) {
    throw refuseParameter('Please only provide one of starting_after or ending_before.', undefined, 'ending_before');
  }
  const newestFirst = things.toReversed();
  const isWanted = (thing: T) => keep(thing) && isCreatedIn(thing, input.created);
  if (before !== undefined) {
    const newer = newestFirst.slice(0, positionOf(newestFirst, before, 'ending_before')).filter(isWanted);
    return { items: newer.slice(-limit), hasMore: newer.length > limit, url };
  }
  const start = after === undefined ? 0 : positionOf(newestFirst, after, 'starting_after') + 1;
  const older = newestFirst.slice(start).filter(isWanted);
  return { items: older.slice(0, limit), hasMore: older.length > limit, url };
}

function positionOf(things: readonly { id: string }[], id: string, param: string): number {
  const position = things.findIndex((thing) => thing.id === id);
  if (position >= 0) return position;
  throw new StripeFailure(400, `No such object: '${id}'`, { code: 'resource_missing', param });
}

function isCreatedIn(thing: object, range: Paging['created']): boolean {
  if (range === undefined || !('created' in thing)) return true;
  const created = Number(thing.created);
  if (typeof range === 'number') return created === range;
  const { gt = -Infinity, gte = -Infinity, lt = Infinity, lte = Infinity } = range;
  return created > gt && created >= gte && created < lt && created <= lte;
}
