import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp } from '../../support/server/app.ts';
import type { TestApp } from '../../support/server/app.ts';

let t: TestApp;
beforeAll(async () => {
  t = await startTestApp({ RATE_LIMIT_SCALE: '1' });
});
afterAll(() => t.close());

const logIn = async (remoteAddress: string, payload: { email: string; password: string }): Promise<number> =>
  (await t.app.inject({ method: 'POST', url: '/api/v1/auth/login', remoteAddress, payload })).statusCode;

const owner = { email: 'owner@harbour-hotel.example', password: 'holdfast-demo' };

test('four hundred logins at once from one network: a few are verified, and staff of other networks get in', async () => {
  const flood = Array.from({ length: 400 }, (_, index) =>
    logIn(`203.0.113.${String(index % 250)}`, { email: `nobody${String(index)}@one.example`, password: 'wrong' }),
  );
  // Behind all of them, and still before the flood has been answered.
  const staff = Promise.all(['198.51.100.7', '192.0.2.8'].map((address) => logIn(address, owner)));
  const statuses = await Promise.all(flood);
  expect(await staff).toEqual([200, 200]);
  const verified = statuses.filter((status) => status === 401).length;
  expect(verified).toBeGreaterThan(0);
  expect(verified).toBeLessThanOrEqual(8);
  expect(statuses.every((status) => [401, 429, 503].includes(status))).toBe(true);
});

test('a stranger who fails ten times locks out nobody at another network', async () => {
  for (let guess = 0; guess < 12; guess += 1) {
    const status = await logIn('203.0.114.1', { ...owner, password: `guess ${String(guess)}` });
    expect(status).toBe(guess < 10 ? 401 : 429);
  }
  expect(await logIn('203.0.114.2', owner)).toBe(429);
  expect(await logIn('203.0.115.1', owner)).toBe(200);
});

test('of fifty wrong passwords at once for one account at most ten are tried', async () => {
  const statuses = await Promise.all(
    Array.from({ length: 50 }, (_, index) => logIn('203.0.116.1', { ...owner, password: `guess ${String(index)}` })),
  );
  expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(10);
  expect(statuses.filter((status) => status === 200)).toEqual([]);
});
