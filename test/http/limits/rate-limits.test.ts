import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addDays } from '../../../src/domain/time/calendar.ts';
import { startTestApp } from '../../support/server/app.ts';
import type { Answer, TestApp } from '../../support/server/app.ts';
import { openDesk } from '../../support/hotel/desk.ts';
import type { Desk } from '../../support/hotel/desk.ts';
import { buildSpa, TODAY } from '../../support/spa/build-spa.ts';
import { refusal } from '../../support/http/problems.ts';

let address = 0;
/** Comes from a network of its own, so that no test uses up another's share. */
const newAddress = () => `10.${String(1 + Math.floor((address += 1) / 250))}.${String(address % 250)}.1`;

/** A request as from this address; the test app's own `call` always comes from one. */
const callFrom = (t: TestApp, remoteAddress: string) => {
  return async (method: 'GET' | 'POST', url: string, body?: object, headers = {}): Promise<Answer> => {
    const answer = await t.app.inject({
      method,
      url: `/api${url}`,
      remoteAddress,
      headers,
      ...(body && { payload: body }),
    });
    return { status: answer.statusCode, headers: answer.headers, body: answer.json() };
  };
};

/** How many of so many requests one after the other pass before the first is refused; the refusal is checked. */
async function countUntilRefused(ask: () => Promise<Answer>, most: number, windowSeconds = 60): Promise<number> {
  for (let passed = 0; passed < most; passed += 1) {
    const answer = await ask();
    if (answer.status !== 429) continue;
    expect(answer).toMatchObject(refusal('rate_limited', { instance: expect.any(String) }));
    const retryAfter = Number(answer.headers['retry-after']);
    expect(retryAfter).toBeGreaterThan(0);
    expect(retryAfter).toBeLessThanOrEqual(windowSeconds);
    return passed;
  }
  return Infinity;
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const login = (email: string) => ({ email, password: 'wrong' });

describe.each([
  ['1', { reads: 300, writes: 30, logins: 10, networkLogins: 100, guest: 60, staff: 600, guesses: 60 }],
  ['0.1', { reads: 30, writes: 3, logins: 1, networkLogins: 10, guest: 6, staff: 60, guesses: 6 }],
] as const)('with RATE_LIMIT_SCALE=%s', (RATE_LIMIT_SCALE, limits) => {
  let t: TestApp;
  let desk: Desk;

  beforeAll(async () => {
    t = await startTestApp({ RATE_LIMIT_SCALE });
    desk = await openDesk(t, { rooms: 50 });
  });
  afterAll(() => t.close());

  test('an address may read so often in a minute, and another one then still may', async () => {
    const [one, other] = [callFrom(t, newAddress()), callFrom(t, newAddress())];
    expect(await countUntilRefused(() => one('GET', desk.hotel.path), limits.reads + 5)).toBe(limits.reads);
    expect((await other('GET', desk.hotel.path)).status).toBe(200);
  });

  test.each(['/openapi.json', '/docs/', '/docs/js/scalar.js'])('reading %s counts as any public read', async (url) => {
    const from = newAddress();
    const call = callFrom(t, from);
    for (let read = 1; read < limits.reads; read += 1) await call('GET', desk.hotel.path);
    const answers = [1, 2].map(() => t.app.inject({ url, remoteAddress: from }));
    expect((await Promise.all(answers)).map(({ statusCode }) => statusCode)).toEqual([200, 429]);
  });

  test('an address may write so often in a minute, and then still read', async () => {
    const call = callFrom(t, newAddress());
    const write = () => call('POST', `${desk.hotel.path}/bookings`, {});
    expect(await countUntilRefused(write, limits.writes + 5)).toBe(limits.writes);
    expect((await call('GET', desk.hotel.path)).status).toBe(200);
  });

  test('a network may fail to log in so often in a quarter of an hour, to whatever accounts', async () => {
    const network = newAddress().replace(/\d+$/, '');
    let account = 0;
    const attempt = () => {
      account += 1;
      const call = callFrom(t, `${network}${String(1 + (account % 200))}`);
      return call('POST', '/v1/auth/login', login(`nobody${String(account)}@one.example`));
    };
    expect(await countUntilRefused(attempt, limits.networkLogins + 5, 900)).toBe(limits.networkLogins);
  });

  test('an account may be tried so often from one network, in whatever case, and is locked for no other', async () => {
    const network = newAddress().replace(/\d+$/, '');
    let count = 0;
    const attempt = () => {
      const email = (count += 1) % 2 === 0 ? 'Viewer@Harbour-Hotel.example' : 'viewer@harbour-hotel.example';
      return callFrom(t, `${network}${String(1 + count)}`)('POST', '/v1/auth/login', login(email));
    };
    expect(await countUntilRefused(attempt, limits.logins + 5, 900)).toBe(limits.logins);
    const right = { email: 'viewer@harbour-hotel.example', password: 'holdfast-demo' };
    expect((await callFrom(t, `${network}99`)('POST', '/v1/auth/login', right)).status).toBe(429);
    expect((await callFrom(t, newAddress())('POST', '/v1/auth/login', right)).status).toBe(200);
  });

  test('logins that succeed are not counted', async () => {
    const call = callFrom(t, newAddress());
    const right = { email: 'manager@harbour-hotel.example', password: 'holdfast-demo' };
    for (let time = 0; time < limits.logins + 2; time += 1) {
      expect((await call('POST', '/v1/auth/login', right)).status).toBe(200);
    }
  });

  test('a guest’s token is good for so many requests in a minute, wherever they come from and however it is sent', async () => {
    const [one, other] = [await desk.book(), await desk.book()];
    const schemes = ['Bearer', 'bearer', 'BEARER'];
    let asked = 0;
    const look = (token: string) => {
      const authorization = `${schemes[(asked += 1) % schemes.length] ?? ''} ${token}`;
      return callFrom(t, newAddress())('GET', '/v1/guest/booking', undefined, { authorization });
    };
    expect(await countUntilRefused(() => look(one.guestToken), limits.guest + 5)).toBe(limits.guest);
    expect((await look(other.guestToken)).status).toBe(200);
  });

  test('paths that lead nowhere are counted by address', async () => {
    const call = callFrom(t, newAddress());
    expect(await countUntilRefused(() => call('POST', '/v1/nowhere', {}), limits.guesses + 5)).toBe(limits.guesses);
  });

  test('a read by its target is none: what counts is the route', async () => {
    const call = callFrom(t, newAddress());
    const write = () => call('POST', `${desk.hotel.path}/bookings?x=/quotes#/quotes`, {});
    expect(await countUntilRefused(write, limits.writes + 5)).toBe(limits.writes);
  });

  test('a member of staff is good for so many requests in a minute, wherever they come from', async () => {
    const token = await t.tokenFor('owner@monsoon-palace.example');
    const path = '/v1/staff/properties/monsoon-palace/rooms';
    const read = () => callFrom(t, newAddress())('GET', path, undefined, bearer(token));
    expect(await countUntilRefused(read, limits.staff + 5)).toBe(limits.staff);
    expect((await desk.call('GET', '/rooms')).status).toBe(200);
  });

  test.each([
    ['a guest’s booking', '/v1/guest/booking', () => desk.book().then(({ guestToken }) => guestToken)],
    ['staff', '/v1/staff/properties/harbour-hotel/rooms', () => t.tokenFor('owner@harbour-hotel.example')],
    ['who is signed in', '/v1/auth/me', () => t.tokenFor('owner@harbour-hotel.example')],
    ['operations', '/v1/ops/invariants', () => t.tokenFor('admin@holdfast.example')],
  ])('an address may guess so often in a minute at tokens for %s', async (_, path, makeToken) => {
    const right = bearer(await makeToken());
    const [guesser, other] = [newAddress(), newAddress()];
    const look = (from: string, headers: object) => callFrom(t, from)('GET', path, undefined, headers);
    for (let time = 0; time < 3; time += 1) expect((await look(guesser, right)).status).toBe(200);
    let guessed = 0;
    // Another token each time, as one who guesses has it.
    const guess = (from = guesser) => look(from, bearer(`guess-${String((guessed += 1))}`.padEnd(43, 'x')));
    expect(await countUntilRefused(guess, limits.guesses + 5)).toBe(limits.guesses);
    expect((await guess(other)).status).toBe(401);
    expect((await look(guesser, right)).status).toBe(200);
  });
});

test('an address is good for three hundred requests by guests’ tokens, over all tokens', async () => {
  const t = await startTestApp({ RATE_LIMIT_SCALE: '1' });
  const desk = await openDesk(t, { rooms: 50 });
  const tokens: string[] = [];
  for (let guest = 0; guest < 6; guest += 1) tokens.push((await desk.book()).guestToken);
  const call = callFrom(t, newAddress());
  let asked = 0;
  const look = () => call('GET', '/v1/guest/booking', undefined, bearer(tokens[(asked += 1) % 6] ?? ''));
  const passed = await countUntilRefused(look, 305);
  await t.close();
  expect(passed).toBe(300);
});

describe('the address of a caller', () => {
  const forwarded = (ip: string) => ({ 'x-forwarded-for': ip });

  test('is not taken from X-Forwarded-For by default', async () => {
    const t = await startTestApp({ RATE_LIMIT_SCALE: '0.1' });
    const call = callFrom(t, newAddress());
    const read = () => call('GET', '/v1/public/properties/harbour-hotel', undefined, forwarded(newAddress()));
    const passed = await countUntilRefused(read, 35);
    await t.close();
    expect(passed).toBe(30);
  });

  test('is taken from X-Forwarded-For where the proxy is one we trust, and from no other', async () => {
    const t = await startTestApp({ RATE_LIMIT_SCALE: '0.1', TRUST_PROXY: '192.0.2.0/24' });
    const readFrom = (proxy: string) => () =>
      callFrom(t, proxy)('GET', '/v1/public/properties/harbour-hotel', undefined, forwarded(newAddress()));
    const throughOurs = await countUntilRefused(readFrom('192.0.2.7'), 35);
    const throughTheirs = await countUntilRefused(readFrom('198.51.100.7'), 35);
    await t.close();
    expect([throughOurs, throughTheirs]).toEqual([Infinity, 30]);
  });

  test('of IPv6 is its first 56 bits, which one subscriber has, and a whole /48 may eight times as much', async () => {
    const t = await startTestApp({ RATE_LIMIT_SCALE: '0.1' });
    const read = (from: string) => callFrom(t, from)('GET', '/v1/public/properties/harbour-hotel');
    let last = 0;
    const readAsSubscriber = () => read(`2001:db8:1:1${((last += 1) % 256).toString(16).padStart(2, '0')}::1`);
    const passed = await countUntilRefused(readAsSubscriber, 35);
    const neighbour = await read('2001:db8:1:200::1');
    const readAsSite = () => read(`2001:db8:2:${((last += 1) % 256).toString(16)}00::1`);
    const passedAsSite = await countUntilRefused(readAsSite, 250);
    await t.close();
    expect([passed, neighbour.status, passedAsSite]).toEqual([30, 200, 240]);
  });

  test('of IPv4 inside IPv6 is the address of IPv4', async () => {
    const t = await startTestApp({ RATE_LIMIT_SCALE: '0.1' });
    const forms = ['203.0.113.9', '::ffff:203.0.113.9', '::ffff:cb00:7109'];
    let asked = 0;
    const read = () => callFrom(t, forms[(asked += 1) % 3] ?? '')('GET', '/v1/public/properties/harbour-hotel');
    const passed = await countUntilRefused(read, 35);
    await t.close();
    expect(passed).toBe(30);
  });
});

test('a read of many days costs as much as many reads of one', async () => {
  const t = await startTestApp({ RATE_LIMIT_SCALE: '0.1' });
  const spa = await buildSpa(t.ctx);
  const call = callFrom(t, newAddress());
  const read = () => call('GET', `${spa.path}/booked-dates?service=FACIAL&from=${TODAY}&to=${addDays(TODAY, 61)}`);
  // Of 600 days a minute, 9 × 62 are 558.
  const passed = await countUntilRefused(read, 12);
  const short = await callFrom(t, newAddress())('GET', `${spa.path}/slots?service=FACIAL&from=${TODAY}&to=${TODAY}`);
  const path = await call('GET', spa.path);
  await t.close();
  expect([passed, short.status, path.status]).toEqual([9, 200, 200]);
});

test('an address that asks for much at once waits for itself, and past its line is told to come back', async () => {
  const t = await startTestApp({ RATE_LIMIT_SCALE: '10' });
  const spa = await buildSpa(t.ctx);
  const call = callFrom(t, newAddress());
  // Each asks for other days, so that no answer is kept for the next.
  const read = (days: number) =>
    call('GET', `${spa.path}/booked-dates?service=FACIAL&from=${TODAY}&to=${addDays(TODAY, days)}`);
  const answers = await Promise.all(Array.from({ length: 61 }, (_, days) => read(days)));
  const other = await callFrom(t, newAddress())('GET', `${spa.path}/slots?service=FACIAL&from=${TODAY}&to=${TODAY}`);
  const again = await read(1);
  await t.close();
  const statuses = answers.map(({ status }) => status);
  expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(32);
  const refused = answers.filter(({ status }) => status !== 200);
  expect(refused.length).toBeGreaterThan(0);
  for (const { status, headers } of refused) {
    expect([status, headers['retry-after']]).toEqual([503, '1']);
  }
  expect([other.status, again.status]).toEqual([200, 200]);
});
