import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startTestApp } from '../../support/server/app.ts';
import type { Answer, TestApp } from '../../support/server/app.ts';
import { daysAhead } from '../../support/hotel/build.ts';
import { travelToNoon } from '../../support/database/clock.ts';
import { openDesk } from '../../support/hotel/desk.ts';
import type { Desk } from '../../support/hotel/desk.ts';
import { listenTo } from '../../support/http/event-stream.ts';
import { upTo } from '../../support/database/feed.ts';
import { expectAllPublished, expectFeedIsAudit } from '../../support/oracles/feed-oracle.ts';
import { openForwarder } from '../../support/server/forwarder.ts';
import type { Forwarder } from '../../support/server/forwarder.ts';
import { makeHotelLife, ROOMS } from '../../support/hotel/hotel-life.ts';
import type { HotelLife } from '../../support/hotel/hotel-life.ts';
import { findViolations } from '../../support/database/invariants.ts';
import { openPusherSandbox } from '../../support/sandbox/pusher-sandbox.ts';
import type { PusherTestSandbox } from '../../support/sandbox/pusher-sandbox.ts';
import { countDeadlocks, countStatuses, seededRandom } from '../../support/race.ts';
import { spawnServer } from '../../support/server/server.ts';
import type { TestServer } from '../../support/server/server.ts';
import { trials } from '../../support/tier/trials.ts';
import { TEST_TIMEOUT_MS } from '../../support/tier/tier.ts';

const SERVERS = 3;
const HOTELS = 3;
const BOOKINGS = 20;
const { count: CHANGES } = trials('feed', { small: 240, middle: 1_000, full: 6_000, lap: 6_000 });
/** How many people change something at the same time. */
const CLIENTS = 12;

interface Member {
  readonly server: TestServer;
  /** The way by which this server, and no other, talks to the realtime service. */
  readonly way: Forwarder;
}

const { seed, upTo: pick } = seededRandom();

let t: TestApp;
let sandbox: PusherTestSandbox;
let members: Member[];
let desks: Desk[];
let life: HotelLife;

beforeAll(async () => {
  t = await startTestApp();
  sandbox = await openPusherSandbox();
  // Noon, so that the date of the test is the hotels' too.
  await travelToNoon(t.database, daysAhead(0));
  const property = { approval: 'STAFF', paymentPolicy: 'NONE' } as const;
  desks = [];
  for (let hotel = 0; hotel < HOTELS; hotel += 1) desks.push(await openDesk(t, { rooms: ROOMS, property }));
  life = makeHotelLife(desks, BOOKINGS, pick);
  members = await Promise.all(Array.from({ length: SERVERS }, startMember));
});
afterAll(async () => {
  for (const { server, way } of members) {
    expect(await server.stop()).toBe(0);
    await way.close();
  }
  await sandbox[Symbol.asyncDispose]();
  await t.close();
});

async function startMember(): Promise<Member> {
  const way = await openForwarder(sandbox.url);
  const { appId, key, secret } = sandbox;
  const server = await spawnServer({
    DATABASE_URL: t.database.url,
    DATABASE_POOL_SIZE: '8',
    NODE_ENV: 'test',
    PUSHER_APP_ID: appId,
    PUSHER_KEY: key,
    PUSHER_SECRET: secret,
    PUSHER_HOST: way.url,
  });
  return { server, way };
}

/** So many changes, each by one of the servers. */
async function live(changes: number): Promise<Answer[]> {
  const answers: Answer[] = [];
  let begun = 0;
  const client = async () => {
    while (begun < changes) {
      begun += 1;
      const { server } = members[pick(members.length)] as Member;
      answers.push(await life.step(server.url));
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return answers;
}

/** Every event has its number, and the realtime service has heard of it. */
async function isAllTold(timeout: number): Promise<void> {
  const behind = `
    SELECT 'unnumbered ' || count(*) AS what FROM outbox_messages WHERE seq IS NULL HAVING count(*) > 0
    UNION ALL SELECT p.slug || ' at ' || c.last_seq || ' of ' || f.last_seq || ', ' || coalesce(c.last_error, 'no error')
    FROM feed_cursors c JOIN feeds f ON f.property_id = c.property_id JOIN properties p ON p.id = f.property_id
    WHERE c.last_seq < f.last_seq`;
  await vi.waitFor(
    async () => {
      expect(await t.database.sql(behind), `seed ${String(seed)}`).toEqual([]);
    },
    { timeout, interval: 100 },
  );
}

/** Compares what was told with what was done. Answers how long each hotel's feed is. */
async function expectAllIsRight(): Promise<number[]> {
  const lengths: number[] = [];
  for (const desk of desks) {
    const feed = await expectFeedIsAudit(t.database, desk, { cleaned: life.cleaned.get(desk) ?? 0, seed });
    await expectAllPublished(sandbox, desk, feed, { seed });
    lengths.push(feed.length);
  }
  expect(await findViolations(t.ctx)).toEqual([]);
  expect(await countDeadlocks(t.database)).toBe(0);
  return lengths;
}

/** How long the hotels' events waited for their numbers, for a person to look at. */
async function describeLag(): Promise<string> {
  const [lag] = await t.database.sql<{ p95: number; worst: number; events: number }>(
    `SELECT percentile_cont(0.95) WITHIN GROUP (ORDER BY seconds) AS p95, max(seconds) AS worst, count(*)::int AS events
     FROM (SELECT extract(epoch FROM published_at - occurred_at)::float8 AS seconds FROM outbox_messages
           WHERE property_id = ANY($1) AND seq > 1) waits`,
    [desks.map(({ hotel }) => hotel.propertyId)],
  );
  return `${String(lag?.events)} events, numbered after ${String(lag?.p95)} s (p95), ${String(lag?.worst)} s at worst`;
}

const sinceMs = (start: number) => `${String(Math.round(performance.now() - start))} ms`;

test(
  `${String(CHANGES)} changes by ${String(SERVERS)} servers while the realtime service fails at random: ` +
    'no gap, nothing lost, nothing that did not happen, nothing out of order',
  { timeout: TEST_TIMEOUT_MS },
  async ({ annotate }) => {
    const streams = await Promise.all(
      desks.map((desk, index) => {
        const { server } = members[index % members.length] as Member;
        return listenTo(`${server.url}/api${desk.path}/events/stream?after=0`, { token: desk.token });
      }),
    );
    await sandbox.control('POST faults', { rate: 0.4, slowMs: 400, hangMs: 1_500, seed });
    const statuses = countStatuses(await live(CHANGES));
    expect(Object.keys(statuses).map(Number), `seed ${String(seed)}`).toEqual(expect.arrayContaining([200, 201, 409]));
    // A machine with more to do than it can may say 503, and then nothing was done.
    expect(statuses, `seed ${String(seed)}`).not.toHaveProperty('500');
    expect(life.dryRuns).toBeGreaterThan(CHANGES / 20);
    const { struck } = (await sandbox.control('GET faults')) as { struck: object };
    await sandbox.control('DELETE faults');
    const endedAt = performance.now();
    await isAllTold(40_000 + CHANGES * 20);
    await annotate(
      `seed ${String(seed)}: answers ${JSON.stringify(statuses)}, dry runs ${String(life.dryRuns)}, ` +
        `faults ${JSON.stringify(struck)}, ${await describeLag()}; all told ${sinceMs(endedAt)} after the faults`,
    );
    const lengths = await expectAllIsRight();
    for (const [index, stream] of streams.entries()) {
      await vi.waitFor(() => {
        expect(stream.events.map(({ id }) => Number(id))).toEqual(upTo(lengths[index] ?? 0));
      }, 5_000);
      stream.close();
    }
  },
);

test('a server killed in the middle of a delivery: within fifteen seconds the others go on, and nothing is lost', async ({
  annotate,
}) => {
  await sandbox.control('DELETE faults');
  await sandbox.control('POST faults', { next: ['hang'], hangMs: 60_000 });
  const [hotel] = desks as [Desk];
  // One hotel, so that one server has all of it in hand.
  await hotel.confirm({ checkIn: daysAhead(9), checkOut: daysAhead(10) });
  await vi.waitFor(async () => {
    expect(await sandbox.control('GET faults')).toMatchObject({ next: [] });
  }, 5_000);
  const victim = findDeliverer();
  await victim.server.kill();
  const killedAt = performance.now();
  await victim.way.close();
  members = members.filter((member) => member !== victim);
  expect(await countLeases()).toBe(1);
  await isAllTold(15_000);
  await annotate(`all told ${sinceMs(killedAt)} after the kill`);
  await live(100);
  await isAllTold(15_000);
  await expectAllIsRight();
});

test('a server that stops while people listen and the realtime service is slow ends with 0, and leaves the rest to the others', async () => {
  await sandbox.control('POST faults', { rate: 1, kinds: ['slow'], slowMs: 500 });
  const [{ hotel }] = desks as [Desk];
  // Half a minute's work for a service that takes its time.
  await t.database.sql(
    `INSERT INTO outbox_messages (property_id, type, data)
     SELECT $1, 'webhook_failed', '{}' FROM generate_series(1, 600)`,
    [hotel.propertyId],
  );
  await vi.waitFor(async () => {
    expect(await countLeases()).toBe(1);
  }, 5_000);
  const leaving = findDeliverer();
  const { path, token } = desks[1] as Desk;
  const stream = await listenTo(`${leaving.server.url}/api${path}/events/stream`, { token });
  members = members.filter((member) => member !== leaving);
  expect(await leaving.server.stop()).toBe(0);
  await stream.ended;
  await leaving.way.close();
  await sandbox.control('DELETE faults');
  await isAllTold(15_000);
});

/** Who last said something to the realtime service. */
function findDeliverer(): Member {
  const [last] = members.toSorted((one, other) => other.way.lastHeardAt() - one.way.lastHeardAt());
  if (last === undefined) throw new Error('Nobody is left');
  return last;
}

/** Deliveries that are in somebody's hand, dead or alive. */
async function countLeases(): Promise<number> {
  return (await t.database.sql('SELECT 1 FROM feed_cursors WHERE leased_until > app_now()')).length;
}
