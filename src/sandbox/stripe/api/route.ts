import type Stripe from 'stripe';
import type { z } from 'zod';
import { refuseUnknown } from '../http/stripe-failure.ts';
import type { Change } from '../world/change.ts';
import type { Kind, Objects, SandboxObject } from '../world/objects.ts';
import type { World } from '../world/world.ts';
import { paginate } from './paginate.ts';
import type { Paging } from './paginate.ts';
import type { Page, Result } from './render.ts';
import { onlyExpand } from './schemas.ts';

/** What a request is answered from. */
export interface Call {
  readonly world: World;
  readonly change: Change;
  /** The path as it was asked for, and the id in it: '' where there is none. */
  readonly path: string;
  readonly id: string;
  readonly publicUrl: string;
}

export interface Route {
  readonly method: 'GET' | 'POST';
  /** `:id` stands for the one id a path may have. */
  readonly path: string;
  /** What is answered: decides what can be expanded. */
  readonly answers: Kind | 'event' | 'item';
  readonly isList: boolean;
  readonly schema: z.ZodType;
  run(call: Call, input: unknown): Result;
}

type Thing = Page['items'][number];

/** A request that changes something and answers it. */
export function post<S extends z.ZodType>(
  answers: Kind,
  path: string,
  schema: S,
  run: (call: Call, input: z.output<S>) => SandboxObject,
): Route {
  return {
    method: 'POST',
    path,
    answers,
    isList: false,
    schema,
    run: (call, input) => ({ one: run(call, input as z.output<S>) }),
  };
}

export function getOne(answers: Route['answers'], path: string, find: (call: Call) => Thing): Route {
  return { method: 'GET', path, answers, isList: false, schema: onlyExpand, run: (call) => ({ one: find(call) }) };
}

/** A list of what `list` gives, oldest first, as far as `keep` says so. */
export function getMany<S extends z.ZodType<Paging>, T extends Thing>(
  answers: Route['answers'],
  path: string,
  schema: S,
  list: (call: Call) => readonly T[],
  keep: (thing: T, input: z.output<S>, world: World) => boolean = () => true,
): Route {
  return {
    method: 'GET',
    path,
    answers,
    isList: true,
    schema,
    run: (call, given) => {
      const input = given as z.output<S>;
      return { page: paginate(list(call), input, call.path, (thing) => keep(thing, input, call.world)) };
    },
  };
}

/** The object the path names. Throws: StripeFailure 404. */
export function findNamed<K extends Kind>({ world, id }: Call, kind: K): Objects[K] {
  const object = world.find(kind, id);
  if (object === undefined) throw refuseUnknown(kind, id, PARAM[kind]);
  return object;
}

export function findNamedEvent({ world, id }: Call): Stripe.Event {
  const event = world.events.get(id);
  if (event === undefined) throw refuseUnknown('event', id, 'id');
  return event;
}

/** What Stripe calls the id in its refusal. */
const PARAM: Record<Kind, string> = {
  'checkout.session': 'session',
  payment_intent: 'intent',
  charge: 'id',
  refund: 'id',
  dispute: 'dispute',
  balance_transaction: 'id',
};
