import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startTestApp } from '../../support/server/app.ts';
import type { Answer, TestApp } from '../../support/server/app.ts';
import { seededRandom } from '../../support/race.ts';
import { trials } from '../../support/tier/trials.ts';

const { count: ROUNDS, repeats } = trials('sessions', { small: 12, middle: 40, full: 400, each: 3 });
/** The later of the two starts within so many milliseconds, so that every order of their statements comes up. */
const HEAD_START_MS = 6;

let t: TestApp;
const { seed, next } = seededRandom();

beforeAll(async () => {
  t = await startTestApp();
});
beforeEach(() => t.database.sql('DELETE FROM refresh_tokens'));
afterAll(() => t.close());

const post = (route: string, refreshToken: string): Promise<Answer> =>
  t.call('POST', `/v1/auth/${route}`, { body: { refreshToken } });
const refresh = (refreshToken: string) => post('refresh', refreshToken);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function logIn(): Promise<string> {
  const body = { email: 'frontdesk@harbour-hotel.example', password: 'holdfast-demo' };
  return (await t.call('POST', '/v1/auth/login', { body })).body.refreshToken;
}

/** Both at nearly the same moment, in either order. Answers what they were answered. */
async function collide<A, B>(one: () => Promise<A>, other: () => Promise<B>): Promise<[A, B]> {
  const waitMs = (next() * 2 - 1) * HEAD_START_MS;
  const late = async <T>(ms: number, run: () => Promise<T>) => {
    if (ms > 0) await pause(ms);
    return run();
  };
  return Promise.all([late(waitMs, one), late(-waitMs, other)]);
}

/** Tokens with which somebody could still go on. */
async function countLive(): Promise<number> {
  const [row] = await t.database.sql<{ live: number }>(
    'SELECT count(*)::int AS live FROM refresh_tokens WHERE used_at IS NULL AND revoked_at IS NULL',
  );
  return row?.live ?? NaN;
}

test('an old token that comes while the newest is traded ends the session, whoever is first', { repeats }, async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const old = await logIn();
    const newest = (await refresh(old)).body.refreshToken;
    const [replayed, traded] = await collide(
      () => refresh(old),
      () => refresh(newest),
    );
    const hint = `round ${String(round)}, seed ${String(seed)}`;
    expect(replayed.status, hint).toBe(401);
    expect([200, 401], hint).toContain(traded.status);
    expect(await countLive(), hint).toBe(0);
    if (traded.status === 200) expect((await refresh(traded.body.refreshToken)).status, hint).toBe(401);
  }
});

test('logging out while the token is traded ends the session, whoever is first', { repeats }, async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const token = await logIn();
    const [out, traded] = await collide(
      () => post('logout', token),
      () => refresh(token),
    );
    const hint = `round ${String(round)}, seed ${String(seed)}`;
    expect(out.status, hint).toBe(204);
    expect([200, 401], hint).toContain(traded.status);
    expect(await countLive(), hint).toBe(0);
  }
});

test('of many who trade one token at once, one gets a session, which ends with the others', { repeats }, async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const token = await logIn();
    const answers = await Promise.all(Array.from({ length: 5 }, () => refresh(token)));
    const hint = `round ${String(round)}, seed ${String(seed)}`;
    expect(answers.map(({ status }) => status).toSorted(), hint).toEqual([200, 401, 401, 401, 401]);
    expect(await countLive(), hint).toBe(0);
  }
});
