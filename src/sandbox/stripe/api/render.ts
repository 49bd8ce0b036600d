import type Stripe from 'stripe';
import { StripeFailure } from '../http/stripe-failure.ts';
import { present } from '../world/present.ts';
import type { Kind, SandboxObject } from '../world/objects.ts';
import type { World } from '../world/world.ts';

/** A single object or a page of a list. */
export type Result = { one: Shown } | { page: Page };

/** What a response shows: a stored object, or one that is made for the response. */
type Shown = SandboxObject | Stripe.Event | Stripe.LineItem | Stripe.WebhookEndpoint;

export interface Page {
  readonly items: readonly Shown[];
  readonly hasMore: boolean;
  readonly url: string;
}

type Expandable = Kind | 'items' | 'refunds' | 'source';

/** Expandable fields by object kind, with the kind of the expanded value. */
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

/** Default page size of Stripe's lists. */
export const DEFAULT_LIMIT = 10;

/** Stripe's limit for the depth of an expand path. */
const MAX_DEPTH = 4;

/**
 * Checks every expand path before the request is executed.
 *
 * Throws: StripeFailure 400 for a path that cannot be expanded on `kind`.
 */
export function assertExpandable(kind: string, paths: readonly string[], isList: boolean): void {
  for (const path of paths) {
    const names = path.split('.');
    const makeFailure = () =>
      new StripeFailure(400, `This property cannot be expanded (${path}).`, { param: 'expand' }, true);
    if (names.length > MAX_DEPTH) throw makeFailure();
    if (isList && names.shift() !== 'data') throw makeFailure();
    let at: string = kind;
    for (const name of names) {
      const inner = EXPANDABLE[at]?.[name];
      if (inner === undefined) throw makeFailure();
      at = inner;
    }
  }
}

/** Encodes a result as Stripe's JSON, with the `expand` paths as full objects. */
export function render(world: World, result: Result, expand: readonly string[]): string {
  if ('one' in result) return JSON.stringify(show(world, result.one, expand));
  const inner = expand.map((path) => path.slice('data.'.length));
  const data = result.page.items.map((item) => show(world, item, inner));
  return JSON.stringify({ object: 'list', data, has_more: result.page.hasMore, url: result.page.url });
}

function show(world: World, item: Shown, expand: readonly string[]): object {
  if (item.object === 'item' || item.object === 'webhook_endpoint') return item;
  if (item.object === 'event') {
    return { ...item, pending_webhooks: world.deliveries.get(item.id) === 'pending' ? 1 : 0 };
  }
  const shown = { ...present(item) } as Record<string, unknown>;
  for (const [name, inner] of groupByFirst(expand)) {
    const kind = EXPANDABLE[item.object]?.[name];
    if (kind !== undefined) shown[name] = expandField(world, item, kind, shown[name], inner);
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

/** Finds the source of a balance transaction: a charge, a refund or a dispute. */
function findSource(world: World, id: string): object {
  const kind = (['charge', 'refund', 'dispute'] as const).find((candidate) => world.find(candidate, id) !== undefined);
  if (kind === undefined) throw new Error(`Bug: unknown source ${id}`);
  return present(world.get(kind, id));
}

/** Groups paths by first segment: `['a', 'a.b', 'c']` → a: ['b'], c: []. */
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
