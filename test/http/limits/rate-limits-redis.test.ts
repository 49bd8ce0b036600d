import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { buildApp } from '../../../src/app.ts';
import { readConfig } from '../../../src/config.ts';
import { countInProcess } from '../../../src/http/limits/count-in-process.ts';
import { ACTION_LIMITS, ADDRESS_LIMITS, CALLER_LIMITS } from '../../../src/http/limits/rate-limits.ts';
import { makeRedisCounter } from '../../../src/integrations/redis.ts';
import { startTestApp } from '../../support/server/app.ts';
import type { TestApp } from '../../support/server/app.ts';
import { findFreePort, hasRedis, startRedis } from '../../support/server/redis.ts';
import type { TestRedis } from '../../support/server/redis.ts';
import { spawnServer } from '../../support/server/server.ts';
import { until } from '../../support/server/starting-server.ts';

/** With RATE_LIMIT_SCALE=0.1, per address: so many reads a minute, one login, six guesses at tokens. */
const READS = 30;
const HOTEL = '/api/v1/public/properties/harbour-hotel';

let t: TestApp;
let address = 0;
/** Comes from an address of its own, so that no test uses up another's share. */
const newAddress = () => `10.2.${String(Math.floor((address += 1) / 250))}.${String(address % 250)}`;

interface Server {
  readonly app: FastifyInstance;
  readonly outages: string[];
  returns: number;
}

const opened: (() => Promise<unknown>)[] = [];
/** A server of its own on this Redis, beside others. */
async function openServer(url: string): Promise<Server> {
  const outages: string[] = [];
  const counter = makeRedisCounter({
    url,
    // Generous, because a machine that runs all tests at once is slow where a Redis is not.
    timeoutMs: 1_000,
    fallback: countInProcess(),
    onOutage: (reason) => outages.push(reason),
    onReturn: () => (server.returns += 1),
  });
  const server: Server = { app: await buildApp(t.ctx, counter), outages, returns: 0 };
  opened.push(
    () => server.app.close(),
    () => counter.stop(),
  );
  return server;
}

const ask = async ({ app }: Server, remoteAddress: string, url = HOTEL, headers = {}): Promise<number> =>
  (await app.inject({ method: 'GET', url, remoteAddress, headers })).statusCode;

const logIn = async ({ app }: Server, remoteAddress: string, email: string): Promise<number> => {
  const payload = { email, password: 'wrong' };
  return (await app.inject({ method: 'POST', url: '/api/v1/auth/login', remoteAddress, payload })).statusCode;
};

/** The statuses of so many requests, one after the other, taking turns between the servers. */
async function askInTurn(servers: Server[], remoteAddress: string, times: number): Promise<number[]> {
  const statuses: number[] = [];
  for (let time = 0; time < times; time += 1) {
    const server = servers[time % servers.length];
    if (server) statuses.push(await ask(server, remoteAddress));
  }
  return statuses;
}

const passed = (count: number) => Array.from({ length: count }, () => 200);
const refused = (count: number) => Array.from({ length: count }, () => 429);

beforeAll(async () => {
  t = await startTestApp({ RATE_LIMIT_SCALE: '0.1' });
});
afterEach(async () => {
  for (const close of opened.splice(0)) await close();
});
afterAll(() => t.close());

test('a REDIS_URL that is no address of a Redis is refused', () => {
  for (const REDIS_URL of ['127.0.0.1:6379', 'http://127.0.0.1:6379', 'redis://127.0.0.1:redis']) {
    expect(() => readConfig({ REDIS_URL })).toThrow('REDIS_URL');
  }
  expect(readConfig({ REDIS_URL: 'rediss://:secret@redis.example/2' }).REDIS_URL).toContain('rediss:');
});

test('every limit is counted under a name of its own', () => {
  const all = [ADDRESS_LIMITS, CALLER_LIMITS, ACTION_LIMITS].flatMap((limits) => Object.entries(limits));
  expect(all.filter(([key, { name }]) => name !== key)).toEqual([]);
  expect(new Set(all.map(([key]) => key)).size).toBe(all.length);
});

describe(
  hasRedis ? 'without a Redis' : 'without a Redis, and this machine has no redis-server to test with one',
  () => {
    test('every server counts by itself, and says so once', async () => {
      const server = await openServer(`redis://127.0.0.1:${String(await findFreePort())}`);
      const caller = newAddress();
      expect(await askInTurn([server], caller, READS + 2)).toEqual([...passed(READS), ...refused(2)]);
      await until(async () => (await ask(server, newAddress())) === 200 && server.outages.length > 0);
      expect(server).toMatchObject({ outages: ['ECONNREFUSED'], returns: 0 });
    });

    test('one that accepts connections and never says a word holds nobody up', async () => {
      const mute = createServer().listen(0, '127.0.0.1');
      await once(mute, 'listening');
      const server = await openServer(`redis://127.0.0.1:${String((mute.address() as AddressInfo).port)}`);
      await once(mute, 'connection');
      expect(await askInTurn([server], newAddress(), READS + 1)).toEqual([...passed(READS), ...refused(1)]);
      mute.close();
    });

    test('the server starts, serves, logs one warning without the address of Redis, and stops', async () => {
      const REDIS_URL = `redis://someone:canary-secret@127.0.0.1:${String(await findFreePort())}`;
      const server = await spawnServer({ DATABASE_URL: t.database.url, REDIS_URL, RATE_LIMIT_SCALE: '1' });
      await server.waitFor(/CONNECTION_LOST/);
      expect((await fetch(`${server.url}${HOTEL}`)).status).toBe(200);
      expect(await server.stop()).toBe(0);
      const warnings = server.lines.filter((line) => line.includes('CONNECTION_LOST'));
      expect(warnings.map((line) => JSON.parse(line))).toEqual([
        expect.objectContaining({ level: 'warn', name: 'redis', reason: 'ECONNREFUSED' }),
      ]);
      expect(server.lines.join('\n')).not.toContain('canary-secret');
    });
  },
);

const withRedis = () => {
  let redis: TestRedis;
  let observer: Redis;
  /** A server that has reached Redis. */
  const openSharing = async () => {
    const server = await openServer(redis.url);
    await untilShared(server);
    return server;
  };
  /** Callers nobody knows ask until one of them is counted in Redis. */
  const untilShared = (server: Server) =>
    until(async () => {
      const before = await observer.dbsize();
      expect(await ask(server, newAddress())).toBe(200);
      return (await observer.dbsize()) > before;
    });

  beforeAll(async () => {
    redis = await startRedis();
    observer = new Redis(redis.url, { retryStrategy: () => 20 });
    // It goes away on purpose, and the observer comes back by itself.
    observer.on('error', () => undefined);
  });
  afterAll(async () => {
    observer.disconnect();
    await redis.kill();
  });

  test('servers share one count', async () => {
    const servers = [await openSharing(), await openSharing()];
    const caller = newAddress();
    expect(await askInTurn(servers, caller, READS + 4)).toEqual([...passed(READS), ...refused(4)]);
  });

  test('a count is never lost between servers that are asked at once', async () => {
    const [one, other] = [await openSharing(), await openSharing()];
    const caller = newAddress();
    const asked = Array.from({ length: READS * 2 }, (_, index) => ask(index % 2 === 0 ? one : other, caller));
    const statuses = await Promise.all(asked);
    expect(statuses.toSorted()).toEqual([...passed(READS), ...refused(READS)]);
  });

  test('limits do not use up each other, though they count the same caller on the same route', async () => {
    const server = await openSharing();
    const caller = newAddress();
    // A login counts against three limits, of which two allow one.
    expect(await logIn(server, caller, 'one@canary.example')).toBe(401);
    expect(await logIn(server, caller, 'two@canary.example')).toBe(429);
    const guess = () => ask(server, caller, '/api/v1/guest/booking', { authorization: 'Bearer canary-token' });
    for (let time = 0; time < 6; time += 1) expect(await guess()).toBe(401);
    expect(await guess()).toBe(429);
    expect(await askInTurn([server], caller, READS + 1)).toEqual([...passed(READS), ...refused(1)]);
  });

  test('every count ends with its window, and names nobody', async () => {
    const server = await openSharing();
    const caller = newAddress();
    await logIn(server, caller, 'somebody@canary.example');
    await ask(server, caller, '/api/v1/guest/booking', { authorization: 'Bearer canary-token' });
    const keys = await observer.keys('*');
    for (const limit of ['public', 'login', 'account', 'session', 'guest', 'guesses']) {
      expect(keys).toContainEqual(expect.stringMatching(new RegExp(`^holdfast:limit:${limit}:[\\w-]{43}$`)));
    }
    for (const key of keys) {
      expect(key).not.toMatch(/10\.2\.|canary/);
      const left = await observer.pttl(key);
      expect(left).toBeGreaterThan(0);
      expect(left).toBeLessThanOrEqual(15 * 60_000);
    }
  });

  test('a count that lost its end gets a new one, or it would refuse its caller for ever', async () => {
    const server = await openSharing();
    const caller = newAddress();
    await ask(server, caller);
    for (const key of await observer.keys('*')) await observer.persist(key);
    await ask(server, caller);
    const ends = await Promise.all((await observer.keys('*')).map((key) => observer.pttl(key)));
    expect(Math.max(...ends)).toBeGreaterThan(0);
  });

  test('a Redis that hangs holds nobody up: limits hold per server meanwhile, and are shared again afterwards', async () => {
    const servers = [await openSharing(), await openSharing()];
    const caller = newAddress();
    redis.pause();
    expect(await askInTurn(servers, caller, READS * 2 + 4)).toEqual([...passed(READS * 2), ...refused(4)]);
    redis.resume();
    for (const server of servers) await untilShared(server);
    expect(await askInTurn(servers, newAddress(), READS + 1)).toEqual([...passed(READS), ...refused(1)]);
    for (const { outages, returns } of servers) {
      expect(outages).toEqual(Array.from({ length: returns }, () => 'no response within 1000 ms'));
      expect(returns).toBeGreaterThan(0);
    }
  });

  test('a Redis that dies in the middle fails no request, and counts again once it is back', async () => {
    const servers = [await openSharing(), await openSharing()];
    const [caller, many] = [newAddress(), newAddress()];
    expect(await askInTurn(servers, caller, READS + 1)).toEqual([...passed(READS), ...refused(1)]);
    const inFlight = servers.flatMap((server) => Array.from({ length: 25 }, () => ask(server, many)));
    await redis.kill();
    const statuses = await Promise.all(inFlight);
    expect(statuses.filter((status) => status !== 200 && status !== 429)).toEqual([]);
    expect(await askInTurn(servers, newAddress(), READS * 2 + 2)).toEqual([...passed(READS * 2), ...refused(2)]);
    await redis.restart();
    for (const server of servers) await untilShared(server);
    expect(await askInTurn(servers, newAddress(), READS + 1)).toEqual([...passed(READS), ...refused(1)]);
    for (const { outages, returns } of servers) expect([outages.length, returns]).toEqual([1, 1]);
  });

  test('a Redis that answers with errors, as when its memory is full, is no reason to refuse', async () => {
    const server = await openSharing();
    await observer.config('SET', 'maxmemory', '1');
    expect(await askInTurn([server], newAddress(), READS + 1)).toEqual([...passed(READS), ...refused(1)]);
    expect(server.outages).toHaveLength(1);
    expect(server.outages[0]).toContain('OOM');
    await observer.config('SET', 'maxmemory', '0');
    await untilShared(server);
    expect(server.returns).toBe(1);
  });

  test('a server that is told of a Redis counts there', async () => {
    await observer.flushall();
    const variables = { DATABASE_URL: t.database.url, REDIS_URL: redis.url, RATE_LIMIT_SCALE: '1' };
    const server = await spawnServer(variables);
    await until(async () => {
      expect((await fetch(`${server.url}${HOTEL}`)).status).toBe(200);
      return (await observer.dbsize()) > 0;
    });
    expect(await server.stop()).toBe(0);
    expect(await observer.keys('*')).toEqual([expect.stringContaining('holdfast:limit:public:')]);
  });
};
// No test is skipped where there is none: what is promised without it is tested above.
if (hasRedis) describe('with a Redis', withRedis);
