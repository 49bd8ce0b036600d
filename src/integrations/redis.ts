import { createHash } from 'node:crypto';
import { Redis } from 'ioredis';
import type { RequestCount, RequestCounter } from '../domain/ports/request-counter.ts';

/** Longer than a healthy Redis ever takes, and shorter than a caller notices. */
const ANSWER_TIMEOUT_MS = 100;
/** How long Redis is left alone after it failed to answer, so that not every request waits for it. */
const REST_MS = 1_000;
/** After so long without a byte the connection is taken for dead and made anew. */
const SOCKET_TIMEOUT_MS = 2_000;
const MAX_RECONNECT_WAIT_MS = 5_000;

/** The expiry is looked at each time, because a counter without one would refuse its caller for ever. */
const COUNT = `
local count = redis.call('INCR', KEYS[1])
local left = redis.call('PTTL', KEYS[1])
if left < 0 then
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
  left = tonumber(ARGV[1])
end
return {count, left}`;

export interface RedisCounterOptions {
  readonly url: string;
  /** How long one request waits for Redis. */
  readonly timeoutMs?: number;
  /** Counts while Redis does not. */
  readonly fallback: RequestCounter;
  /** Told once per outage, and not once per request. */
  readonly onOutage: (reason: string) => void;
  /** Told when requests are counted in Redis again. */
  readonly onReturn: () => void;
}

/**
 * Counts in Redis, so that all servers on it share one count. Connects in the background, and again after every loss.
 *
 * While Redis is away, slow or refuses, `fallback` counts: limits then hold per process, and no request fails for it.
 */
export function makeRedisCounter(options: RedisCounterOptions): RequestCounter & { stop(): Promise<void> } {
  const redis = connect(options.url);
  const timeoutMs = options.timeoutMs ?? ANSWER_TIMEOUT_MS;
  let isOut = false;
  let restUntil = 0;
  const fail = (error: Error) => {
    if (!isOut) options.onOutage(describe(error));
    isOut = true;
  };
  redis.on('error', fail);
  redis.on('ready', () => {
    restUntil = 0;
  });
  return {
    count: async (limit, caller, windowMs) => {
      const canAsk = redis.status === 'ready' && performance.now() >= restUntil;
      if (!canAsk) return options.fallback.count(limit, caller, windowMs);
      try {
        const count = await inTime(countIn(redis, keyOf(limit, caller), windowMs), timeoutMs);
        if (isOut) options.onReturn();
        isOut = false;
        return count;
      } catch (error) {
        fail(error as Error);
        restUntil = performance.now() + REST_MS;
        return options.fallback.count(limit, caller, windowMs);
      }
    },
    stop: async () => {
      redis.disconnect();
    },
  };
}

function connect(url: string): Redis {
  return new Redis(url, {
    connectionName: 'holdfast',
    connectTimeout: SOCKET_TIMEOUT_MS,
    socketTimeout: SOCKET_TIMEOUT_MS,
    // What could not be counted at once was counted elsewhere: nothing waits for the connection, nothing is sent twice.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(50 * 2 ** attempt, MAX_RECONNECT_WAIT_MS),
  });
}

async function countIn(redis: Redis, key: string, windowMs: number): Promise<RequestCount> {
  const [count, endsInMs] = (await redis.eval(COUNT, 1, key, windowMs)) as [number, number];
  return { count, endsInMs };
}

/** Callers are known by address, account or token, none of which is Redis' business. */
function keyOf(limit: string, caller: string): string {
  return `holdfast:limit:${limit}:${createHash('sha256').update(caller).digest('base64url')}`;
}

async function inTime<T>(answer: Promise<T>, timeoutMs: number): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const giveUp = () => {
      reject(new Error(`no answer within ${String(timeoutMs)} ms`));
    };
    // By way of setImmediate, so that an answer that came while this process was busy is read before it is called late.
    const timer = setTimeout(() => setImmediate(giveUp), timeoutMs);
    answer.then(resolve, reject).finally(() => {
      clearTimeout(timer);
    });
  });
}

/** An error's code or message. Nothing else of it: ioredis adds the command and its arguments. */
function describe(error: Error & { readonly code?: unknown }): string {
  return typeof error.code === 'string' ? error.code : error.message;
}
