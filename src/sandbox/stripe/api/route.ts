import type Stripe from 'stripe';
import type { z } from 'zod';
import { unknownId } from '../http/stripe-failure.ts';
import type { Change } from '../world/change.ts';
import type { Kind, Objects, SandboxObject } from '../world/objects.ts';
import type { World } from '../world/world.ts';
import { paginate } from './paginate.ts';
import type { Paging } from './paginate.ts';
import type { Page, Result } from './render.ts';
import { onlyExpand } from './schemas.ts';

/** The input of a route handler. */
export interface Call {
  readonly world: World;
  readonly change: Change;
  /** The requested path. */
  readonly path: string;
  /** The id in the path, or ''. */
  readonly id: string;
  readonly publicUrl: string;
}

export interface Route {
  readonly method: 'GET' | 'POST';
  /** A path pattern with at most a single `:id`. */
  readonly path: string;
  /** Kind of the returned objects: decides which fields can be expanded. */
  readonly returns: Kind | 'event' | 'item' | 'webhook_endpoint';
  readonly isList: boolean;
  readonly schema: z.ZodType;
  run(call: Call, input: unknown): Result;
}

type Item = Page['items'][number];

/** Defines a POST route that changes an object and returns the object. */
export function post<S extends z.ZodType>(
  returns: Kind,
  path: string,
  schema: S,
  run: (call: Call, input: z.output<S>) => SandboxObject,
): Route {
  return {
    method: 'POST',
    path,
    returns,
    isList: false,
    schema,
    run: (call, input) => ({ one: run(call, input as z.output<S>) }),
  };
}

/** Defines a GET route for a single object. */
export function getOne(returns: Route['returns'], path: string, find: (call: Call) => Item): Route {
  return { method: 'GET', path, returns, isList: false, schema: onlyExpand, run: (call) => ({ one: find(call) }) };
}

/** Defines a GET route for a list. `list` returns the items oldest first; `matches` filters the items. */
export function getMany<S extends z.ZodType<Paging>, T extends Item>(
  returns: Route['returns'],
  path: string,
  schema: S,
  list: (call: Call) => readonly T[],
  matches: (item: T, input: z.output<S>, world: World) => boolean = () => true,
): Route {
  return {
    method: 'GET',
    path,
    returns,
    isList: true,
    schema,
    run: (call, parameters) => {
      const input = parameters as z.output<S>;
      return { page: paginate(list(call), input, call.path, (item) => matches(item, input, call.world)) };
    },
  };
}

/** Finds the object with the id in the path. Throws: StripeFailure 404. */
export function findNamed<K extends Kind>({ world, id }: Call, kind: K): Objects[K] {
  const object = world.find(kind, id);
  if (object === undefined) throw unknownId(kind, id, PARAM[kind]);
  return object;
}

/** Finds the event with the id in the path. Throws: StripeFailure 404. */
export function findNamedEvent({ world, id }: Call): Stripe.Event {
  const event = world.events.get(id);
  if (event === undefined) throw unknownId('event', id, 'id');
  return event;
}

/** Stripe's `param` for an unknown id, by kind. */
const PARAM: Record<Kind, string> = {
  'checkout.session': 'session',
  payment_intent: 'intent',
  charge: 'id',
  refund: 'id',
  dispute: 'dispute',
  balance_transaction: 'id',
};
