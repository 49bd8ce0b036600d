import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startTestApp } from '../support/app.ts';
import type { Answer, Method, TestApp } from '../support/app.ts';
import { daysAhead, stayBody } from '../support/build.ts';
import { openDesk } from '../support/desk.ts';
import type { Desk } from '../support/desk.ts';
import { seededRandom, send } from '../support/race.ts';
import { spawnServer } from '../support/server.ts';
import type { TestServer } from '../support/server.ts';

const LANES = 4;
const ROUNDS = 50;
const ROOMS = 5;
/** A change shows everywhere within a second. */
const PROMISE = { timeout: 1_000, interval: 5 };

let t: TestApp;
let servers: [TestServer, TestServer];
const { seed, upTo } = seededRandom();

beforeAll(async () => {
  t = await startTestApp();
  const variables = { DATABASE_URL: t.database.url, NODE_ENV: 'test' };
  servers = await Promise.all([spawnServer(variables), spawnServer(variables)]);
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await t.close();
});

/** A hotel whose one night is booked, cancelled and priced anew, and what a guest who looks must see. */
interface Lane {
  readonly desk: Desk;
  readonly guests: string[];
  seen: { available: number; price: number };
}

async function openLane(): Promise<Lane> {
  const desk = await openDesk(t, { rooms: ROOMS });
  return { desk, guests: [], seen: { available: ROOMS, price: 10_000 } };
}

async function look(server: TestServer, { desk }: Lane): Promise<Lane['seen']> {
  const search = `/availability?checkIn=${daysAhead(30)}&checkOut=${daysAhead(31)}`;
  const { body } = await send(server.url, 'GET', `${desk.hotel.path}${search}`);
  return { available: body.roomTypes[0].available, price: body.roomTypes[0].baseAmount };
}

/** One change at random through a server. */
async function change(server: TestServer, lane: Lane): Promise<void> {
  const { desk, guests, seen } = lane;
  const write = async (method: Method, path: string, token: string | undefined, body: object): Promise<Answer> => {
    const answer = await send(server.url, method, path, { ...(token && { token }), body });
    expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
    return answer;
  };
  const kind = upTo(3);
  const cancelled = guests[0];
  if (kind === 0 && seen.available > 0) {
    const { body } = await write('POST', `${desk.hotel.path}/bookings`, undefined, stayBody());
    guests.push(body.guestToken);
    lane.seen = { ...seen, available: seen.available - 1 };
  } else if (kind === 1 && cancelled !== undefined) {
    guests.shift();
    await write('POST', '/v1/guest/booking/cancel', cancelled, {});
    lane.seen = { ...seen, available: seen.available + 1 };
  } else {
    const price = seen.price + 1;
    const night = { roomType: 'ROOM', from: daysAhead(30), to: daysAhead(31) };
    await write('PUT', `${desk.path}/inventory`, desk.token, { ...night, price });
    lane.seen = { ...seen, price };
  }
}

/** A change through one server: its own next read shows it, and the other's before the promise is over. Answers when. */
async function changeAndSee(lane: Lane, [writer, reader]: readonly TestServer[], hint: string): Promise<number> {
  if (writer === undefined || reader === undefined) throw new Error('Bug: two servers, please');
  expect(await look(reader, lane), hint).toEqual(lane.seen);
  await change(writer, lane);
  const changedAt = performance.now();
  expect(await look(writer, lane), hint).toEqual(lane.seen);
  await vi.waitFor(async () => {
    expect(await look(reader, lane), hint).toEqual(lane.seen);
  }, PROMISE);
  return performance.now() - changedAt;
}

test('two hundred changes through either server show at once there and within a second at the other', async () => {
  const walks = Array.from({ length: LANES }, async (_, number) => {
    const lane = await openLane();
    const delays = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const hint = `lane ${String(number)}, round ${String(round)}, seed ${String(seed)}`;
      const roles = upTo(2) === 0 ? servers : servers.toReversed();
      delays.push(await changeAndSee(lane, roles, hint));
    }
    return delays;
  });
  const delays = (await Promise.all(walks)).flat().toSorted((a, b) => a - b);
  console.log('slowest', delays.at(-1), 'median', delays[100], 'p95', delays[190]);
  expect(delays).toHaveLength(LANES * ROUNDS);
});
