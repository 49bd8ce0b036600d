import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startTestApp } from '../../support/server/app.ts';
import type { Answer, Method, TestApp } from '../../support/server/app.ts';
import { daysAhead, stayBody } from '../../support/hotel/build.ts';
import { openDesk } from '../../support/hotel/desk.ts';
import type { Desk } from '../../support/hotel/desk.ts';
import { readSamples } from '../../support/http/metrics.ts';
import { seededRandom, send } from '../../support/race.ts';
import { spawnServer } from '../../support/server/server.ts';
import type { TestServer } from '../../support/server/server.ts';
import { trials } from '../../support/tier/trials.ts';

const LANES = 4;
const { count: ROUNDS, repeats } = trials('cache', { small: 12, middle: 50, full: 500, each: LANES });
const CUTS = trials('cache', { small: 8, middle: 30, full: 150 });
const ROOMS = 5;
/** A change shows everywhere within a second. */
const PROMISE = { timeout: 1_000, interval: 5 };

let t: TestApp;
let servers: [TestServer, TestServer];
const { seed, next, upTo } = seededRandom();

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

/** A change through one server: its own next read shows it, and the other's before the promise is over. */
async function changeAndSee(
  lane: Lane,
  [writer, reader]: readonly TestServer[],
  hint: string,
  meanwhile: () => Promise<unknown> = async () => undefined,
): Promise<void> {
  if (writer === undefined || reader === undefined) throw new Error('Bug: two servers, please');
  expect(await look(reader, lane), hint).toEqual(lane.seen);
  await change(writer, lane);
  await meanwhile();
  expect(await look(writer, lane), hint).toEqual(lane.seen);
  await vi.waitFor(async () => {
    expect(await look(reader, lane), hint).toEqual(lane.seen);
  }, PROMISE);
}

test(
  `${String(LANES * ROUNDS)} changes through either server show at once there and within a second at the other`,
  { repeats },
  async () => {
    const walks = Array.from({ length: LANES }, async (_, number) => {
      const lane = await openLane();
      for (let round = 0; round < ROUNDS; round += 1) {
        const hint = `lane ${String(number)}, round ${String(round)}, seed ${String(seed)}`;
        const roles = upTo(2) === 0 ? servers : servers.toReversed();
        await changeAndSee(lane, roles, hint);
      }
    });
    await Promise.all(walks);
  },
);

/** How many of a server's reads were answered from memory so far, and how many were not. */
async function countReads(server: TestServer): Promise<{ hits: number; misses: number }> {
  const samples = readSamples(await (await fetch(`${server.url}/metrics`)).text());
  const count = (result: string) =>
    samples.find(({ name, labels }) => name === 'holdfast_cache_reads_total' && labels['result'] === result)?.value ??
    NaN;
  return { hits: count('hit'), misses: count('miss') };
}

/** Stays that people look for: one to three nights, begun within three months; the first the most, by Zipf's law. */
const STAYS = Array.from({ length: 60 }, (_, rank) => {
  const day = 1 + ((rank * 29) % 89);
  return { checkIn: daysAhead(day), checkOut: daysAhead(day + 1 + (rank % 3)) };
});
const WEIGHTS = STAYS.map((_, rank) => 1 / (rank + 1));
const TOTAL_WEIGHT = WEIGHTS.reduce((sum, weight) => sum + weight, 0);

function someStay(): (typeof STAYS)[number] {
  let left = next() * TOTAL_WEIGHT;
  const rank = WEIGHTS.findIndex((weight) => (left -= weight) <= 0);
  return STAYS[rank] ?? { checkIn: daysAhead(1), checkOut: daysAhead(2) };
}

/** What guests ask: one in five who the hotel is, one in five when it is full, the others what a stay would cost. */
function someQuestion(): string {
  const kind = upTo(5);
  if (kind === 0) return '';
  if (kind === 1) return `/booked-dates?roomType=ROOM&from=${daysAhead(0)}&to=${daysAhead(90)}`;
  const { checkIn, checkOut } = someStay();
  return `/availability?checkIn=${checkIn}&checkOut=${checkOut}`;
}

/** What guests and staff change: half are bookings, the others cancellations and prices. */
async function changeSomething({ url }: TestServer, { hotel, path, token }: Desk, guests: string[]): Promise<void> {
  const stay = someStay();
  const kind = upTo(4);
  const guest = kind === 0 ? guests.shift() : undefined;
  const price = { roomType: 'ROOM', from: stay.checkIn, to: stay.checkOut, price: 9_000 + upTo(2_000) };
  const change = () => {
    if (guest !== undefined) return send(url, 'POST', '/v1/guest/booking/cancel', { token: guest, body: {} });
    if (kind === 1) return send(url, 'PUT', `${path}/inventory`, { token, body: price });
    return send(url, 'POST', `${hotel.path}/bookings`, { body: stayBody(stay) });
  };
  const { status, body } = await change();
  expect(status, JSON.stringify(body)).toBeLessThan(300);
  if (typeof body.guestToken === 'string') guests.push(body.guestToken);
}

/** A change through one server and twenty reads of the other, so many times. Answers the share that came from memory. */
async function shareFromMemory(
  [writer, reader]: readonly [TestServer, TestServer],
  { desk, guests, rounds }: { desk: Desk; guests: string[]; rounds: number },
): Promise<number> {
  const before = await countReads(reader);
  for (let round = 0; round < rounds; round += 1) {
    await changeSomething(writer, desk, guests);
    const read = () => send(reader.url, 'GET', `${desk.hotel.path}${someQuestion()}`);
    const answers = await Promise.all(Array.from({ length: 20 }, read));
    for (const { status } of answers) expect(status).toBe(200);
  }
  const after = await countReads(reader);
  const [hits, misses] = [after.hits - before.hits, after.misses - before.misses];
  expect(hits + misses).toBe(20 * rounds);
  return hits / (hits + misses);
}

test.each([
  { where: 'in another process', roles: () => servers },
  { where: 'in the same process', roles: () => [servers[0], servers[0]] as const },
])(
  'of twenty reads per change $where, as wide as guests ask, more than 80 % are answered from memory',
  async ({ roles }) => {
    const desk = await openDesk(t, { rooms: 100 });
    const guests: string[] = [];
    // What nobody has asked for before is in no memory.
    await shareFromMemory(roles(), { desk, guests, rounds: 20 });
    const share = await shareFromMemory(roles(), { desk, guests, rounds: 60 });
    expect(share, `seed ${String(seed)}`).toBeGreaterThan(0.8);
  },
);

const LISTENERS = `application_name = 'holdfast-listener' AND datname = current_database()`;
const cutOff = () => t.database.sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${LISTENERS}`);

/** Resolves once a server answers the same question from memory again. */
async function keepsAgain(server: TestServer, lane: Lane): Promise<void> {
  await vi.waitFor(
    async () => {
      const before = await countReads(server);
      for (let read = 0; read < 5; read += 1) await look(server, lane);
      expect((await countReads(server)).hits).toBeGreaterThan(before.hits + 3);
    },
    { timeout: 8_000, interval: 50 },
  );
}

/** Resolves once a server answers nothing from memory any more. */
async function keepsNothing(server: TestServer, lane: Lane): Promise<void> {
  await vi.waitFor(async () => {
    const before = await countReads(server);
    for (let read = 0; read < 2; read += 1) await look(server, lane);
    expect((await countReads(server)).hits).toBe(before.hits);
  }, PROMISE);
}

test(
  'a change that is told while the servers have lost the connection by which they hear shows as soon',
  { repeats: CUTS.repeats },
  async () => {
    const lane = await openLane();
    for (let round = 0; round < CUTS.count; round += 1) {
      const hint = `round ${String(round)}, seed ${String(seed)}`;
      const roles = upTo(2) === 0 ? servers : servers.toReversed();
      for (const server of servers) await keepsAgain(server, lane);
      // Before it has got its number: it is told of to nobody.
      await changeAndSee(lane, roles, hint, cutOff);
    }
    for (const server of servers) await keepsAgain(server, lane);
  },
);

/** Nobody who wants to hear is let in, and who did hear is cut off. */
async function silence(): Promise<void> {
  await t.database.sql(`CREATE OR REPLACE FUNCTION refuse_listeners() RETURNS event_trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF current_setting('application_name') = 'holdfast-listener' THEN RAISE EXCEPTION 'not now'; END IF;
    END $$`);
  await t.database.sql('CREATE EVENT TRIGGER listeners_refused ON login EXECUTE FUNCTION refuse_listeners()');
  await cutOff();
}

test('while the servers can not hear they keep nothing and show nothing stale; when they can they keep answers again', async () => {
  const lane = await openLane();
  for (const server of servers) await keepsAgain(server, lane);
  await silence();
  for (const server of servers) await keepsNothing(server, lane);
  const before = await Promise.all(servers.map(countReads));
  for (let round = 0; round < 20; round += 1) {
    const roles = round % 2 === 0 ? servers : servers.toReversed();
    await changeAndSee(lane, roles, `round ${String(round)}, seed ${String(seed)}`);
  }
  const after = await Promise.all(servers.map(countReads));
  expect(after.map(({ hits }) => hits)).toEqual(before.map(({ hits }) => hits));
  await t.database.sql('DROP EVENT TRIGGER listeners_refused');
  for (const server of servers) await keepsAgain(server, lane);
  await changeAndSee(lane, servers, `seed ${String(seed)}`);
});
