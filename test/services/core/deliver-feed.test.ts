import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { drain } from '../../../src/db/drain.ts';
import { makePusher } from '../../../src/integrations/pusher.ts';
import { Notifier, startDrains } from '../../../src/jobs/drains.ts';
import { feedQueue } from '../../../src/services/core/feed/delivery/deliver-feed.ts';
import { openCursors } from '../../../src/services/core/feed/delivery/open-cursors.ts';
import { pusherSender } from '../../../src/services/core/feed/delivery/pusher-sender.ts';
import { startTestApp } from '../../support/server/app.ts';
import type { TestApp } from '../../support/server/app.ts';
import { daysAhead } from '../../support/hotel/build.ts';
import { openDesk } from '../../support/hotel/desk.ts';
import type { Desk } from '../../support/hotel/desk.ts';
import { numberAll, upTo } from '../../support/database/feed.ts';
import { openPusherSandbox } from '../../support/sandbox/pusher-sandbox.ts';
import type { PusherTestSandbox } from '../../support/sandbox/pusher-sandbox.ts';

let sandbox: PusherTestSandbox;
let t: TestApp;
let desk: Desk;

beforeAll(async () => {
  sandbox = await openPusherSandbox();
});
afterAll(() => sandbox[Symbol.asyncDispose]());

beforeEach(async () => {
  const { appId, key, secret, url } = sandbox;
  const names = { PUSHER_APP_ID: appId, PUSHER_KEY: key, PUSHER_SECRET: secret, PUSHER_HOST: url };
  t = await startTestApp({ ...names, LOG_LEVEL: 'warn' });
  await numberAll(t.ctx);
  await openCursors(t.ctx, pusherSender);
  desk = await openDesk(t, { rooms: 20 });
  await sandbox.control('DELETE faults');
  await sandbox.control('DELETE published');
});
afterEach(() => t.close());

interface Heard {
  readonly channel: string;
  readonly name: string;
  readonly seq: number;
  readonly id: string;
}

/** Everything the service has taken, in order. */
async function heard(): Promise<Heard[]> {
  const published: { channel: string; name: string; data: string }[] = await sandbox.control('GET published');
  return published.map(({ channel, name, data }) => {
    const { seq, id } = JSON.parse(data) as { seq: number; id: string };
    return { channel, name, seq, id };
  });
}

/** The numbers heard on a channel, each when it was heard first. */
async function firstHeardOn(channel: string): Promise<number[]> {
  return [...new Set((await heard()).filter((one) => one.channel === channel).map(({ seq }) => seq))];
}

const pusherQueue = feedQueue(pusherSender);
const operations = (one = desk) => `private-hotel-${one.hotel.slug}`;
const open = (one = desk) => `hotel-${one.hotel.slug}-public`;
const deliver = () => drain(t.ctx, pusherQueue);
/** So many bookings, numbered: each is three events, two for the hotel and one for everybody. */
async function book(count: number, one = desk): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    await one.confirm({ checkIn: daysAhead(20), checkOut: daysAhead(21) });
  }
  await numberAll(t.ctx);
}
const cursor = async (one = desk) =>
  (
    await t.database.sql<{ last_seq: number; attempts: number; last_error: string | null; is_leased: boolean }>(
      `SELECT last_seq::int, attempts, last_error, leased_until IS NOT NULL AS is_leased FROM feed_cursors
       WHERE property_id = $1`,
      [one.hotel.propertyId],
    )
  )[0];
const done = (lastSeq: number) => ({ last_seq: lastSeq, attempts: 0, last_error: null, is_leased: false });

test('every event is told on each of its channels, once, in the order of the feed, as the feed has it', async () => {
  await book(5);
  await deliver();
  const { items } = (await desk.call('GET', '/events')).body as { items: { seq: number; type: string }[] };
  expect(await firstHeardOn(open())).toEqual([1, 4, 7, 10, 13, 16]);
  expect(await firstHeardOn(operations())).toEqual([2, 3, 5, 6, 8, 9, 11, 12, 14, 15]);
  const published: { name: string; data: string }[] = await sandbox.control('GET published');
  expect(published).toHaveLength(1 + 5 * (3 + 2 + 1));
  for (const { name, data } of published) {
    const event = JSON.parse(data) as { seq: number };
    expect(event).toEqual(items[event.seq - 1]);
    expect(items[event.seq - 1]?.type).toBe(name);
  }
  expect(await cursor()).toEqual(done(16));
  expect(await deliver()).toBe(0);
});

test.each(['status_500', 'hang', 'drop_before', 'drop_after', 'error_after', 'slow'])(
  'a service that answers with %s loses nothing and gets nothing out of order',
  async (kind) => {
    await book(4);
    await sandbox.control('POST faults', { next: [kind], hangMs: 60_000, slowMs: 100 });
    await deliver();
    if (kind !== 'slow') {
      expect(await cursor()).toMatchObject({ last_seq: 0, attempts: 1, last_error: expect.any(String) });
      expect(t.logged.at(-1)).toMatchObject({ event: 'realtime/publish', outcome: 'unknown', afterSeq: 0 });
      await t.database.travel('1 second');
      await deliver();
    }
    expect(await firstHeardOn(open())).toEqual([1, 4, 7, 10, 13]);
    expect(await firstHeardOn(operations())).toEqual([2, 3, 5, 6, 8, 9, 11, 12]);
    const times = kind === 'drop_after' || kind === 'error_after' ? 2 : 1;
    expect((await heard()).filter(({ id }) => id === `${desk.hotel.slug}-2`)).toHaveLength(3 * times);
    expect(await cursor()).toEqual(done(13));
  },
);

test('a service that goes on failing is asked less and less often, and at last every half minute', async () => {
  await t.database.sql(
    `CREATE OR REPLACE FUNCTION app_now() RETURNS timestamptz LANGUAGE sql AS $$ SELECT '${new Date().toISOString()}'::timestamptz $$`,
  );
  await t.database.sql('UPDATE feed_cursors SET next_attempt_at = app_now()');
  await book(1);
  await sandbox.control('POST faults', { rate: 1, kinds: ['status_500'] });
  const waits: number[] = [];
  for (let time = 0; time < 8; time += 1) {
    await deliver();
    const [row] = await t.database.sql<{ seconds: number }>(
      `SELECT extract(epoch FROM next_attempt_at - app_now())::float8 AS seconds FROM feed_cursors WHERE property_id = $1`,
      [desk.hotel.propertyId],
    );
    waits.push(row?.seconds ?? 0);
    await t.database.sql('UPDATE feed_cursors SET next_attempt_at = app_now()');
  }
  expect(waits).toEqual([0.5, 1, 2, 4, 8, 16, 30, 30]);
  await sandbox.control('DELETE faults');
  await deliver();
  expect(await cursor()).toEqual(done(4));
});

test('a property whose events are not taken delays no other', async () => {
  const other = await openDesk(t);
  await book(1);
  await book(1, other);
  await sandbox.control('POST faults', { next: ['hang'], hangMs: 60_000 });
  await deliver();
  const both = [await cursor(), await cursor(other)];
  expect(both).toContainEqual(done(4));
  expect(both).toContainEqual(expect.objectContaining({ last_seq: 0, attempts: 1 }));
});

test('a key that is not accepted loses nothing: once it is put right, all of it goes out', async () => {
  await book(2);
  const wrong = makePusher({ ...sandbox, secret: 'mistyped', cluster: '', host: sandbox.url });
  await drain({ ...t.ctx, realtime: wrong }, pusherQueue);
  expect(await cursor()).toMatchObject({ last_seq: 0, attempts: 1, last_error: 'status 401' });
  await t.database.travel('1 second');
  await deliver();
  expect(await cursor()).toEqual(done(7));
  expect(await firstHeardOn(operations())).toEqual([2, 3, 5, 6]);
});

test('what the service will never take is left out, and said, and takes no other event with it', async () => {
  await book(1);
  await t.database.sql(
    `INSERT INTO outbox_messages (property_id, type, data) VALUES ($1, 'booking_updated', '{"bookingCode": "not a name"}')`,
    [desk.hotel.propertyId],
  );
  await book(1);
  await deliver();
  expect(await firstHeardOn(open())).toEqual([1, 4, 8]);
  expect(await firstHeardOn(operations())).toEqual([2, 3, 6, 7]);
  expect(await cursor()).toEqual(done(8));
  const said = t.logged.filter(({ event }) => event === 'realtime/publish');
  expect(said).toMatchObject([{ level: 50, outcome: 'refused', seq: 5, reason: 'status 400' }]);
});

test('what somebody else is delivering is left to them, until their lease is over', async () => {
  await book(1);
  await t.database.sql(`UPDATE feed_cursors SET leased_until = app_now() + interval '10 seconds'`);
  expect(await deliver()).toBe(0);
  await t.database.travel('10 seconds');
  expect(await deliver()).toBe(1);
  expect(await cursor()).toEqual(done(4));
});

test('several at once while the feed grows: everything once, in order', async () => {
  let isOver = false;
  const workers = Array.from({ length: 4 }, async () => {
    while (!isOver) await deliver();
  });
  for (let round = 0; round < 5; round += 1) await book(4);
  await vi.waitFor(async () => {
    expect(await cursor()).toEqual(done(61));
  }, 10_000);
  isOver = true;
  await Promise.all(workers);
  const told = (await heard()).filter(({ channel }) => channel === operations()).map(({ seq }) => seq);
  expect(told).toEqual(upTo(61).filter((seq) => seq % 3 !== 1));
});

test('one who was overtaken stops, and moves nothing back', async () => {
  await book(8);
  await sandbox.control('POST faults', { next: ['slow'], slowMs: 700 });
  const slow = deliver();
  await vi.waitFor(async () => {
    expect(await sandbox.control('GET faults')).toMatchObject({ struck: { slow: expect.any(Number) }, next: [] });
  }, 10_000);
  await t.database.sql('UPDATE feed_cursors SET leased_until = NULL');
  expect(await deliver()).toBe(1);
  expect(await cursor()).toEqual(done(25));
  const before = (await heard()).length;
  await slow;
  expect(await cursor()).toEqual(done(25));
  // What it had under way came once more, and nothing after it.
  expect((await heard()).slice(before).every(({ seq }) => seq <= 5)).toBe(true);
  expect(await firstHeardOn(open())).toEqual([1, 4, 7, 10, 13, 16, 19, 22, 25]);
});

test('who was served longest ago comes first', async () => {
  const other = await openDesk(t, { rooms: 20 });
  await book(1);
  await book(1, other);
  const served: string[] = [];
  for (let turn = 0; turn < 4; turn += 1) {
    const [cursorOf] = await pusherQueue.claim(t.ctx, 1);
    if (cursorOf === undefined) throw new Error('There is nothing to deliver');
    served.push(cursorOf.propertyId);
    await pusherQueue.run(t.ctx, cursorOf);
    await book(1);
    await book(1, other);
  }
  expect(new Set(served.slice(0, 2)).size).toBe(2);
  expect(served.slice(2)).toEqual(served.slice(0, 2));
});

test('who connects the service hears what happens from then on, and a restart changes nothing', async () => {
  await book(1);
  await t.database.sql('DELETE FROM feed_cursors');
  await openCursors(t.ctx, pusherSender);
  await book(1);
  await openCursors(t.ctx, pusherSender);
  await deliver();
  expect((await heard()).map(({ seq }) => seq).toSorted()).toEqual([5, 5, 5, 6, 6, 7]);
});

test('the first property of an empty installation is told of from its first event on', async () => {
  // As it was when the server started: no property, so no cursor.
  await t.database.sql('DELETE FROM feed_cursors');
  const first = await openDesk(t);
  await book(1, first);
  // The first look opens the cursor.
  await deliver();
  await deliver();
  expect(await firstHeardOn(operations(first))).toEqual([2, 3]);
});

test('a server that stops hands back what is left, instead of delivering to the end', async () => {
  await t.database.sql(
    `INSERT INTO outbox_messages (property_id, type, data)
     SELECT $1, 'webhook_failed', '{}' FROM generate_series(1, 5000)`,
    [desk.hotel.propertyId],
  );
  await numberAll(t.ctx);
  await sandbox.control('POST faults', { rate: 1, kinds: ['slow'], slowMs: 300 });
  const drains = startDrains(t.ctx, new Notifier());
  await vi.waitFor(async () => {
    expect((await heard()).length).toBeGreaterThan(0);
  }, 10_000);
  await drains.stop();
  expect((await cursor())?.last_seq).toBeLessThan(5_000);
  expect(await cursor()).toMatchObject({ attempts: 0, is_leased: false });
});
