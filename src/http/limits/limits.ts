import rateLimit from '@fastify/rate-limit';
import type { FastifyRateLimitStoreCtor, RateLimitOptions } from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../../config.ts';
import type { RequestCounter } from '../../domain/ports/request-counter.ts';
import { countDays } from '../../domain/time/calendar.ts';
import type { PlainDate } from '../../domain/time/calendar.ts';
import { AppError } from '../../errors.ts';
import { isRead } from './is-read.ts';
import { ACTION_LIMITS, ADDRESS_LIMITS, CALLER_LIMITS, hasSite } from './rate-limits.ts';
import type { RateLimit } from './rate-limits.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** Counts requests per limit and caller, shared by all scopes. */
    requestCounter: RequestCounter;
  }
}

/** Undoes a reservation. */
export type Uncount = () => Promise<void>;

/** Limits a scope by address, before its guard knows the caller. */
export async function limitAddresses(app: FastifyInstance, config: Config, limit: RateLimit | null): Promise<void> {
  if (config.RATE_LIMIT_SCALE === 0) return;
  await app.register(rateLimit, { global: false, store: storeOf(app.requestCounter) });
  if (limit === null) return;
  // The plugin shows one limit in its headers: that of the caller where there is one.
  if (limit === ADDRESS_LIMITS.guests) app.addHook('onRequest', (request) => countAgainst(request, config, limit));
  else app.addHook('onRequest', app.rateLimit(optionsOf(config, limit)));
  app.addHook('onRequest', async (request) => {
    if (hasSite(request)) await countAgainst(request, config, ACTION_LIMITS.site);
  });
}

/** Limits the authenticated callers of a scope, after its guard and before the body is read. */
export function limitCallers(
  app: FastifyInstance,
  config: Config,
  scope: { readonly limit: RateLimit | null; readonly callerLimit?: RateLimit },
): void {
  if (config.RATE_LIMIT_SCALE === 0) return;
  const hookOf = (limit: RateLimit) => app.rateLimit(optionsOf(config, scope.callerLimit ?? limit));
  const [guest, staff, agent] = [hookOf(CALLER_LIMITS.guest), hookOf(CALLER_LIMITS.staff), hookOf(CALLER_LIMITS.agent)];
  const hooks = { ANYONE: null, GUEST: guest, STAFF: staff, USER: staff, AGENT: agent };
  app.addHook('onRequest', async function (this: FastifyInstance, request: FastifyRequest, reply: FastifyReply) {
    const { type } = request.caller;
    if (type === 'GUEST' && scope.limit !== ADDRESS_LIMITS.guests) {
      await countAgainst(request, config, ADDRESS_LIMITS.guests);
    }
    await hooks[type]?.call(this, request, reply);
    if (type === 'GUEST' && mayCallGateway(request)) await countAgainst(request, config, ACTION_LIMITS.gateway);
  });
}

/** Tells whether a guest's request pays or changes a booking, which makes sessions, captures or refunds. */
function mayCallGateway(request: FastifyRequest): boolean {
  const { capability } = request.routeOptions.config;
  return !isRead(request) && (capability === 'PAY' || capability === 'CHANGE');
}

/** Limits requests to paths that lead nowhere: they have no scope. */
export function limitUnknownPaths(app: FastifyInstance, config: Config): void {
  app.addHook('onRequest', async (request) => {
    if (request.is404) await countAgainst(request, config, ADDRESS_LIMITS.unknown);
  });
}

/** Counts a request against a limit, as `cost` requests. Throws: rate_limited past the limit. */
export async function countAgainst(request: FastifyRequest, config: Config, limit: RateLimit, cost = 1): Promise<void> {
  if (config.RATE_LIMIT_SCALE === 0) return;
  const { count, endsInMs } = await request.server.requestCounter.count(
    limit.name,
    limit.keyOf(request),
    limit.timeWindow,
    cost,
  );
  if (count > maxOf(request, config, limit)) throw rateLimitError(endsInMs);
}

/** Reads of computed availability that run at once for one address. */
const MAX_COMPUTED = 2;
/** Reads of one address that wait for their turn. */
const MAX_WAITING = 30;

/** Reads of computed availability by address. */
type Turns = Map<string, { running: number; readonly waiting: (() => void)[] }>;
const turnsOf = new WeakMap<RequestCounter, Turns>();

/**
 * Charges the caller's address the days of a service that a read asks for, before they are computed.
 *
 * Then waits for the address's turn: an address that asks for much at once makes only itself wait, not the others.
 * Throws: rate_limited; overloaded when too many reads of the address wait.
 */
export async function chargeDays(
  request: FastifyRequest,
  reply: FastifyReply,
  config: Config,
  { from, to }: { readonly from: PlainDate; readonly to: PlainDate },
): Promise<void> {
  const { days } = ACTION_LIMITS;
  await countAgainst(request, config, days, countDays(from, to) + 1);
  if (config.RATE_LIMIT_SCALE === 0) return;
  const turns = turnsOf.get(request.server.requestCounter) ?? (new Map() as Turns);
  turnsOf.set(request.server.requestCounter, turns);
  await takeTurn(turns, days.keyOf(request), reply);
}

/** Takes a turn of an address until the reply is sent or the caller has left. Throws: overloaded. */
async function takeTurn(turns: Turns, address: string, reply: FastifyReply): Promise<void> {
  const turn = turns.get(address) ?? { running: 0, waiting: [] };
  turns.set(address, turn);
  if (turn.running >= MAX_COMPUTED) {
    if (turn.waiting.length >= MAX_WAITING) throw new AppError('overloaded', { retryAfterSeconds: 1 });
    await new Promise<void>((resolve) => turn.waiting.push(resolve));
  } else turn.running += 1;
  const pass = () => {
    // The next one takes over this turn.
    const next = turn.waiting.shift();
    if (next !== undefined) next();
    else if ((turn.running -= 1) === 0) turns.delete(address);
  };
  if (reply.raw.destroyed) pass();
  else reply.raw.once('close', pass);
}

/**
 * Counts a request against limits on failures, before it is known whether the request fails.
 *
 * Counting first keeps parallel attempts within the limit. Throws: rate_limited, and counts nothing then.
 * Returns: the function that takes the count back, for an attempt that succeeded.
 */
export async function reserve(request: FastifyRequest, config: Config, limits: readonly RateLimit[]): Promise<Uncount> {
  const counted: RateLimit[] = [];
  const uncount = async () => {
    for (const { name, keyOf } of counted.splice(0)) {
      await request.server.requestCounter.uncount(name, keyOf(request));
    }
  };
  for (const limit of limits) {
    counted.push(limit);
    try {
      await countAgainst(request, config, limit);
    } catch (error) {
      await uncount();
      throw error;
    }
  }
  return config.RATE_LIMIT_SCALE === 0 ? async () => undefined : uncount;
}

/**
 * Returns a function that counts a failed authentication against the caller's address.
 *
 * Successful authentications are not counted: a valid token works from any address, also from a limited one.
 * Throws: rate_limited past the limit.
 */
export function limitGuesses(config: Config): (request: FastifyRequest) => Promise<void> {
  return (request) => countAgainst(request, config, ACTION_LIMITS.guesses);
}

/** Builds the plugin's options. The plugin passes `name` on to the store. */
function optionsOf(config: Config, limit: RateLimit): RateLimitOptions & { readonly name: string } {
  return {
    name: limit.name,
    timeWindow: limit.timeWindow,
    max: (request) => maxOf(request, config, limit),
    keyGenerator: limit.keyOf,
    errorResponseBuilder: (_request, { ttl }) => rateLimitError(ttl),
  };
}

/** Adapts the counter to the plugin's store interface. The plugin creates a child store per limit. */
function storeOf(counter: RequestCounter): FastifyRateLimitStoreCtor {
  return class Store {
    readonly #limit: string;

    constructor(options: { readonly name?: string }) {
      this.#limit = options.name ?? 'none';
    }

    child(options: object): Store {
      return new Store(options);
    }

    incr(
      caller: string,
      done: (error: Error | null, result?: { current: number; ttl: number }) => void,
      windowMs: number,
    ): void {
      const counted = counter.count(this.#limit, caller, windowMs);
      counted.then(({ count, endsInMs }) => {
        done(null, { current: count, ttl: endsInMs });
      }, done);
    }
  };
}

function maxOf(request: FastifyRequest, config: Config, limit: RateLimit): number {
  return Math.max(1, Math.round((limit.maxOf?.(request) ?? limit.max) * config.RATE_LIMIT_SCALE));
}

/** Builds the error for a caller that must wait. */
export function rateLimitError(waitMs: number): AppError {
  const seconds = Math.max(1, Math.ceil(waitMs / 1_000));
  return new AppError('rate_limited', { detail: `Try again in ${String(seconds)} s.`, retryAfterSeconds: seconds });
}
