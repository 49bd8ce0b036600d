import { createHash } from 'node:crypto';
import rateLimit from '@fastify/rate-limit';
import type { FastifyRateLimitStoreCtor, RateLimitOptions } from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest, RouteShorthandOptions } from 'fastify';
import type { Config } from '../../config.ts';
import { normalizeEmail } from '../../domain/booking.ts';
import type { RequestCounter } from '../../domain/ports/request-counter.ts';
import { AppError } from '../../errors.ts';
import { findBearer } from '../bearer.ts';

const MINUTE_MS = 60_000;

/** How many requests may be under way; past it the next is refused at once instead of waiting for its time-out. */
const MAX_IN_FLIGHT = 1_000;
/** How many may listen to streams of one process. */
const MAX_STREAMS = 1_000;

export interface RateLimit {
  /** What it is counted under: wherever a limit applies, it is one count. */
  readonly name: string;
  readonly max: number;
  readonly timeWindow: number;
  readonly keyOf: (request: FastifyRequest) => string;
  /** Which of the limits of one scope applies; by default there is one. */
  readonly maxOf?: (request: FastifyRequest) => number;
  /** Count before the guard (by address, by token) or after it (by user). */
  readonly hook: 'onRequest' | 'preHandler';
}

/** Default limits per route class; RATE_LIMIT_SCALE multiplies them all. */
export const RATE_LIMITS = {
  public: {
    name: 'public',
    max: 300,
    timeWindow: MINUTE_MS,
    hook: 'onRequest',
    maxOf: (request) => (isRead(request) ? 300 : 30),
    keyOf: (request) => `${isRead(request) ? 'read' : 'write'} ${addressOf(request)}`,
  },
  login: { name: 'login', max: 10, timeWindow: 15 * MINUTE_MS, hook: 'onRequest', keyOf: addressOf },
  /** Logins per account, whatever the addresses they come from. */
  account: { name: 'account', max: 10, timeWindow: 15 * MINUTE_MS, hook: 'preHandler', keyOf: accountOf },
  session: { name: 'session', max: 120, timeWindow: MINUTE_MS, hook: 'onRequest', keyOf: addressOf },
  guest: { name: 'guest', max: 60, timeWindow: MINUTE_MS, hook: 'onRequest', keyOf: credentialOf },
  /** Where both may call: a guest as elsewhere, staff as often as they work. */
  staffAndGuests: {
    name: 'guest',
    max: 600,
    timeWindow: MINUTE_MS,
    hook: 'onRequest',
    maxOf: maxOfStaffOrGuest,
    keyOf: credentialOf,
  },
  /** Where agents may call too. Let in, they are counted once more, with what they ask of their tools: `limitAgents`. */
  staffGuestsAndAgents: {
    name: 'guest',
    max: 600,
    timeWindow: MINUTE_MS,
    hook: 'onRequest',
    maxOf: (request) => (findBearer(request)?.startsWith('hf_') === true ? 120 : maxOfStaffOrGuest(request)),
    keyOf: credentialOf,
  },
  /** Webhooks whose signature is wrong; signed ones are not limited. */
  forgery: { name: 'forgery', max: 60, timeWindow: MINUTE_MS, hook: 'onRequest', keyOf: addressOf },
  /** Promo codes that can't be used, so that nobody finds out which can; right ones are not counted: `limitPromoGuesses`. */
  promos: { name: 'promos', max: 10, timeWindow: MINUTE_MS, hook: 'onRequest', keyOf: addressOf },
  staff: { name: 'staff', max: 600, timeWindow: MINUTE_MS, hook: 'preHandler', keyOf: userIdOf },
  agent: { name: 'agent', max: 120, timeWindow: MINUTE_MS, hook: 'preHandler', keyOf: keyIdOf },
  /** A dashboard subscribes to dozens of channels at once. */
  realtime: { name: 'realtime', max: 600, timeWindow: MINUTE_MS, hook: 'onRequest', keyOf: credentialOf },
  /** Requests that failed to say who they are from: each guess at a token has a limit of its own, all of them share this. */
  guesses: { name: 'guesses', max: 60, timeWindow: MINUTE_MS, hook: 'onRequest', keyOf: addressOf },
} as const satisfies Record<string, RateLimit>;

/** Holds every route of this scope to its limit. Guards count by themselves who fails to pass them: `limitGuesses`. */
export async function limitRate(
  app: FastifyInstance,
  config: Config,
  limit: RateLimit | null,
  counter: RequestCounter,
): Promise<void> {
  if (config.RATE_LIMIT_SCALE === 0) return;
  await app.register(rateLimit, { global: false, store: storeOf(counter) });
  if (limit === null) return;
  app.addHook(limit.hook, app.rateLimit(optionsOf(config, limit)));
}

/**
 * Further limits for one route of a limited scope, each counted by itself.
 *
 * Checked by hand, because the plugin's own hook counts a request against one limit only: the first it meets.
 */
export function alsoLimit(app: FastifyInstance, config: Config, ...limits: RateLimit[]): RouteHooks {
  const checks = limits.map((limit) => countAgainst(app, config, limit));
  return {
    preHandler: async (request) => {
      for (const check of checks) await check(request);
    },
  };
}

/** Counts one request against a limit of its own. Throws: rate_limited. */
export function countAgainst(
  app: FastifyInstance,
  config: Config,
  limit: RateLimit,
): (request: FastifyRequest) => Promise<void> {
  if (config.RATE_LIMIT_SCALE === 0) return async () => undefined;
  const check = app.createRateLimit(optionsOf(config, limit));
  return async (request) => {
    const count = await check(request);
    if (!count.isAllowed && count.isExceeded) throw tooMany(count.ttl);
  };
}

type RouteHooks = Pick<RouteShorthandOptions, 'preHandler'>;

/**
 * Counts a failed authentication of this scope against the caller's address. Throws: rate_limited past the limit.
 *
 * Not asked about those that succeed: a right token is let in from any address, whatever its neighbours do there.
 */
export function limitGuesses(app: FastifyInstance, config: Config): (request: FastifyRequest) => Promise<void> {
  return countAgainst(app, config, RATE_LIMITS.guesses);
}

/** Counts the agents among the callers of this scope by their keys, in one count with all else they do. */
export function limitAgents(app: FastifyInstance, config: Config): void {
  const count = countAgainst(app, config, RATE_LIMITS.agent);
  app.addHook('preHandler', async (request) => {
    if (request.caller.type === 'AGENT') await count(request);
  });
}

/** The plugin's options, and ours: the name, which it hands to the store. */
function optionsOf(config: Config, limit: RateLimit): RateLimitOptions & { readonly name: string } {
  return {
    name: limit.name,
    timeWindow: limit.timeWindow,
    max: (request) => scaled(config, limit.maxOf?.(request) ?? limit.max),
    keyGenerator: limit.keyOf,
    errorResponseBuilder: (_request, { ttl }) => tooMany(ttl),
  };
}

/** What the plugin counts with. It makes one and then, with the options of each limit, a child. */
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

function scaled(config: Config, max: number): number {
  return Math.max(1, Math.round(max * config.RATE_LIMIT_SCALE));
}

/** The refusal of who must wait so long. */
export function tooMany(waitMs: number): AppError {
  const seconds = Math.max(1, Math.ceil(waitMs / 1_000));
  return new AppError('rate_limited', { detail: `Try again in ${String(seconds)} s.`, retryAfterSeconds: seconds });
}

/**
 * Refuses with 503 once too much is under way. Health checks and measurements pass: a busy server is not a dead one, and
 * that it is busy is what they are for.
 *
 * Streams stay for long and do little, so they have places of their own.
 */
export function shedLoad(app: FastifyInstance): void {
  const requests = { taken: 0, max: MAX_IN_FLIGHT };
  const streams = { taken: 0, max: MAX_STREAMS };
  app.addHook('onRequest', (request, reply, done) => {
    if (request.url === '/healthz' || request.url === '/metrics') {
      done();
      return;
    }
    const places = request.routeOptions.config.isStream === true ? streams : requests;
    if (places.taken >= places.max) {
      done(new AppError('overloaded', { retryAfterSeconds: 1 }));
      return;
    }
    places.taken += 1;
    // Not onResponse: a caller who hangs up must free the place too.
    reply.raw.once('close', () => {
      places.taken -= 1;
    });
    done();
  });
}

/** Asking for a price or for what is free changes nothing, though it is a POST. */
const READING_POSTS =
  /\/(quotes|availability\/batch|pricing\/quote|tools\/(check_availability|get_quote|list_services|find_booking))\/?$/;

/** Whether a request changes nothing. */
export function isRead(request: FastifyRequest): boolean {
  if (request.method === 'POST' && READING_POSTS.test(request.url.split('?')[0] ?? '')) return true;
  return request.method === 'GET' || request.method === 'HEAD' || request.method === 'OPTIONS';
}

/** The caller's address; of IPv6 the first 64 bits, because whoever has one address there has them all. */
function addressOf(request: FastifyRequest): string {
  const { ip } = request;
  if (!ip.includes(':') || ip.startsWith('::ffff:')) return ip;
  const [head = '', tail = ''] = ip.split('::');
  const groups = head.split(':').filter(Boolean);
  const missing = ip.includes('::') ? 8 - groups.length - tail.split(':').filter(Boolean).length : 0;
  return [...groups, ...Array.from({ length: missing }, () => '0')].slice(0, 4).join(':');
}

/** The token as guards read it, so that it is one count however the rest of its header is spelled. */
function credentialOf(request: FastifyRequest): string {
  const token = findBearer(request);
  return token === null ? addressOf(request) : createHash('sha256').update(token).digest('base64url');
}

function maxOfStaffOrGuest(request: FastifyRequest): number {
  return findBearer(request)?.includes('.') === true ? 600 : 60;
}

function accountOf(request: FastifyRequest): string {
  return normalizeEmail((request.body as { email: string }).email);
}

function userIdOf(request: FastifyRequest): string {
  const { caller } = request;
  return caller.type === 'STAFF' || caller.type === 'USER' ? caller.user.id : addressOf(request);
}

function keyIdOf(request: FastifyRequest): string {
  const { caller } = request;
  return caller.type === 'AGENT' ? caller.access.keyId : addressOf(request);
}
