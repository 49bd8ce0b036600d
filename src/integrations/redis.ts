import { createHash } from 'node:crypto';
import { Redis } from 'ioredis';
import type { RequestCount, RequestCounter } from '../domain/ports/request-counter.ts';

/** Above the response time of a healthy Redis, and too short for a caller to notice. */
const RESPONSE_TIMEOUT_MS = 100;
/** Pause after a failed call, so that not every request waits for the timeout. */
const PAUSE_MS = 1_000;
/** Silence on the socket after which the client reconnects. */
const SOCKET_TIMEOUT_MS = 2_000;
const MAX_RECONNECT_WAIT_MS = 5_000;

/** Increments a counter. Checks the expiry every time: a counter without expiry would refuse the caller forever. */
const COUNT_SCRIPT = `
local count = redis.call('INCRBY', KEYS[1], ARGV[2])
local left = redis.call('PTTL', KEYS[1])
if left < 0 then
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
  left = tonumber(ARGV[1])
end
return {count, left}`;

/** Takes a count back, but creates none: a window may have ended since. */
const UNCOUNT_SCRIPT = `
if tonumber(redis.call('GET', KEYS[1]) or '0') > 0 then redis.call('DECR', KEYS[1]) end
return 0`;

export interface RedisCounterOptions {
  readonly url: string;
  /** Limit for a single call to Redis. */
  readonly timeoutMs?: number;
  /** Counts during an outage of Redis. */
  readonly fallback: RequestCounter;
  /** Called once per outage, not once per request. */
  readonly onOutage: (reason: string) => void;
  /** Called when Redis counts again after an outage. */
  readonly onReturn: () => void;
}

/**
 * Makes a request counter in Redis, shared by all servers. Connects and reconnects in the background.
 *
 * During an outage `fallback` counts: limits then hold per process, and no request fails.
 */
export function makeRedisCounter(options: RedisCounterOptions): RequestCounter & { stop(): Promise<void> } {
  const redis = connect(options.url);
  const timeoutMs = options.timeoutMs ?? RESPONSE_TIMEOUT_MS;
  let isOut = false;
  let pausedUntil = 0;
  const fail = (error: Error) => {
    if (!isOut) options.onOutage(describe(error));
    isOut = true;
  };
  redis.on('error', fail);
  redis.on('ready', () => {
    pausedUntil = 0;
  });
  return {
    count: async (limit, caller, windowMs, cost = 1) => {
      const isAvailable = redis.status === 'ready' && performance.now() >= pausedUntil;
      if (!isAvailable) return options.fallback.count(limit, caller, windowMs, cost);
      try {
        const count = await inTime(countIn(redis, keyOf(limit, caller), { windowMs, cost }), timeoutMs);
        if (isOut) options.onReturn();
        isOut = false;
        return count;
      } catch (error) {
        fail(error as Error);
        pausedUntil = performance.now() + PAUSE_MS;
        return options.fallback.count(limit, caller, windowMs, cost);
      }
    },
    uncount: async (limit, caller) => {
      const isAvailable = redis.status === 'ready' && performance.now() >= pausedUntil;
      if (!isAvailable) return options.fallback.uncount(limit, caller);
      // A count that stays too high for one window only makes the limit stricter.
      await inTime(redis.eval(UNCOUNT_SCRIPT, 1, keyOf(limit, caller)), timeoutMs).catch((error: unknown) => {
        fail(error as Error);
      });
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
    // `fallback` has already counted a failed call, so the client must neither queue nor retry commands.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(50 * 2 ** attempt, MAX_RECONNECT_WAIT_MS),
  });
}

async function countIn(
  redis: Redis,
  key: string,
  { windowMs, cost }: { windowMs: number; cost: number },
): Promise<RequestCount> {
  const [count, endsInMs] = (await redis.eval(COUNT_SCRIPT, 1, key, windowMs, cost)) as [number, number];
  return { count, endsInMs };
}

/** Hashes the caller (address, account or token), so that Redis stores no personal data. */
function keyOf(limit: string, caller: string): string {
  return `holdfast:limit:${limit}:${createHash('sha256').update(caller).digest('base64url')}`;
}

async function inTime<T>(response: Promise<T>, timeoutMs: number): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const rejectLate = () => {
      reject(new Error(`no response within ${String(timeoutMs)} ms`));
    };
    // setImmediate lets a response that arrived while the process was busy win over the timeout.
    const timer = setTimeout(() => setImmediate(rejectLate), timeoutMs);
    response.then(resolve, reject).finally(() => {
      clearTimeout(timer);
    });
  });
}

/** Describes an error by code or message only: ioredis adds the command and the arguments. */
function describe(error: Error & { readonly code?: unknown }): string {
  return typeof error.code === 'string' ? error.code : error.message;
}
