import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildApp } from '../../../src/app.ts';
import type { Config } from '../../../src/config.ts';
import { startTestApp } from '../../support/server/app.ts';
import type { TestApp } from '../../support/server/app.ts';
import { readTypes } from '../../support/http/metrics.ts';

const TOKEN = 'a token that scrapes 123';
let t: TestApp;

beforeAll(async () => {
  t = await startTestApp();
});
afterAll(() => t.close());

/** Asks a server of this configuration for its metrics, once with each of these headers. Answers the statuses. */
async function askedWith(config: Partial<Config>, ...headers: Record<string, string>[]): Promise<number[]> {
  const app = await buildApp({ ...t.ctx, config: { ...t.ctx.config, ...config } });
  const statuses: number[] = [];
  for (const given of headers) statuses.push((await app.inject({ url: '/metrics', headers: given })).statusCode);
  await app.close();
  return statuses;
}

test('a scrape is Prometheus’ text format, with help and type for every metric', async () => {
  const answer = await t.call('GET', '/metrics');
  expect(answer).toMatchObject({
    status: 200,
    headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
  });
  const types = readTypes(answer.body as string);
  expect(types.size).toBeGreaterThan(15);
  for (const name of types.keys()) expect(answer.body, name).toMatch(new RegExp(`^# HELP ${name} [A-Z].+\\.$`, 'm'));
});

test('outside production anybody may look, as long as no token is set', async () => {
  expect(await askedWith({}, {}, { authorization: 'Bearer whatever' })).toEqual([200, 200]);
});

test('where a token is set it is needed, in production and outside', async () => {
  const right = { authorization: `Bearer ${TOKEN}` };
  const wrong = [
    {},
    { authorization: 'Bearer' },
    { authorization: `Bearer ${TOKEN} ` + 'x' },
    { authorization: `Bearer ${TOKEN.slice(0, -1)}` },
    { authorization: `Basic ${TOKEN}` },
    { authorization: TOKEN },
  ];
  for (const isProduction of [false, true]) {
    const statuses = await askedWith({ METRICS_TOKEN: TOKEN, isProduction }, right, ...wrong);
    expect(statuses).toEqual([200, ...wrong.map(() => 401)]);
  }
});

test('a refusal says how to ask, and nothing of the business', async () => {
  const app = await buildApp({ ...t.ctx, config: { ...t.ctx.config, METRICS_TOKEN: TOKEN } });
  const answer = await app.inject('/metrics');
  await app.close();
  expect(answer.headers['www-authenticate']).toBe('Bearer');
  expect(answer.json()).toMatchObject({ code: 'unauthorized' });
  expect(answer.body).not.toContain('holdfast_');
});

test('in production without a token there is no such page, whatever is sent', async () => {
  expect(await askedWith({ isProduction: true }, {}, { authorization: 'Bearer undefined' })).toEqual([404, 404]);
});

test('guesses at the token are limited, the right one is not', async () => {
  const config = { METRICS_TOKEN: TOKEN, RATE_LIMIT_SCALE: 0.05 };
  const [wrong, right] = [{ authorization: 'Bearer a guess' }, { authorization: `Bearer ${TOKEN}` }];
  expect(await askedWith(config, wrong, wrong, wrong, wrong, right)).toEqual([401, 401, 401, 429, 200]);
});
