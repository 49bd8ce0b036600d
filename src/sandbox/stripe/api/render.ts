import type Stripe from 'stripe';
import { StripeFailure } from '../http/stripe-failure.ts';
import { present } from '../world/present.ts';
import type { Kind, SandboxObject } from '../world/objects.ts';
import type { World } from '../world/world.ts';

/** A page of a list, or one thing. */
export type Result = { one: SandboxObject | Stripe.Event | Stripe.LineItem } | { page: Page };

export interface Page {
  readonly items: readonly (SandboxObject | Stripe.Event | Stripe.LineItem)[];
  readonly hasMore: boolean;
  readonly url: string;
}

type Expandable = Kind | 'items' | 'refunds' | 'source';

/** Which fields can be shown as whole objects, and what they then are. */
const EXPANDABLE: Partial<Record<string, Record<string, Expandable>>> = {
  'checkout.session': { payment_intent: 'payment_intent', line_items: 'items' },
  payment_intent: { latest_charge: 'charge' },
  charge: { balance_transaction: 'balance_transaction', payment_intent: 'payment_intent', refunds: 'refunds' },
  refund: {
    balance_transaction: 'balance_transaction',
    charge: 'charge',
    failure_balance_transaction: 'balance_transaction',
    payment_intent: 'payment_intent',
  },
  dispute: { charge: 'charge', payment_intent: 'payment_intent' },
  balance_transaction: { source: 'source' },
};

/** What a page holds when nobody says. */
export const DEFAULT_LIMIT = 10;

/** Stripe's limit. */
const MAX_DEPTH = 4;

/**
 * Makes sure that every path can be expanded on `kind`, before anything is done.
 *
 * Throws: StripeFailure 400 for a path that cannot.
 */
export function assertExpandable(kind: string, paths: readonly string[], isList: boolean): void {
  for (const path of paths) {
    const names = path.split('.');
    const refuse = () =>
      new StripeFailure(400, `This property cannot be expanded (${path}).`, { param: 'expand' }, true);
    if (names.length > MAX_DEPTH) throw refuse();
    if (isList && names.shift() !== 'data') throw refuse();
    let at: string = kind;
    for (const name of names) {
      const inner = EXPANDABLE[at]?.[name];
      if (inner === undefined) throw refuse();
      at = inner;
    }
  }
}

/** The answer's JSON: what Stripe shows, with the fields of `expand` as whole objects. */
export function render(world: World, result: Result, expand: readonly string[]): string {
  if ('one' in result) return JSON.stringify(show(world, result.one, expand));
  const inner = expand.map((path) => path.slice('data.'.length));
  const data = result.page.items.map((item) => show(world, item, inner));
  return JSON.stringify({ object: 'list', data, has_more: result.page.hasMore, url: result.page.url });
}

function show(world: World, thing: SandboxObject | Stripe.Event | Stripe.LineItem, expand: readonly string[]): object {
  if (thing.object === 'item') return thing;
  if (thing.object === 'event') {
    return { ...thing, pending_webhooks: world.deliveries.get(thing.id) === 'pending' ? 1 : 0 };
  }
  const shown = { ...present(thing) } as Record<string, unknown>;
  for (const [name, inner] of groupByFirst(expand)) {
    const kind = EXPANDABLE[thing.object]?.[name];
    if (kind !== undefined) shown[name] = expandField(world, thing, kind, shown[name], inner);
  }
  return shown;
}

function expandField(
  world: World,
  owner: SandboxObject,
  kind: Expandable,
  value: unknown,
  inner: readonly string[],
): unknown {
  if (kind === 'items') return owner.object === 'checkout.session' ? owner.line_items : undefined;
  if (kind === 'refunds') {
    const refunds = world.refundsOf(owner.id).reverse();
    const data = refunds.slice(0, DEFAULT_LIMIT);
    return { object: 'list', data, has_more: refunds.length > data.length, url: `/v1/charges/${owner.id}/refunds` };
  }
  if (kind === 'source') return typeof value === 'string' ? findSource(world, value) : value;
  return typeof value === 'string' ? show(world, world.get(kind, value), inner) : value;
}

/** What a line of the account is about: any of the kinds that move money. */
function findSource(world: World, id: string): object {
  const kind = (['charge', 'refund', 'dispute'] as const).find((one) => world.find(one, id) !== undefined);
  if (kind === undefined) throw new Error(`Bug: there is no source ${id}`);
  return present(world.get(kind, id));
}

/** `['a', 'a.b', 'c']` → a: ['b'], c: []. */
function groupByFirst(paths: readonly string[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const path of paths) {
    const [first = '', ...rest] = path.split('.');
    const group = groups.get(first) ?? [];
    if (rest.length > 0) group.push(rest.join('.'));
    groups.set(first, group);
  }
  return groups;
}
