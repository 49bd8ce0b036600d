import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { drain } from '../../../src/db/drain.ts';
import type { FeedEvent } from '../../../src/domain/feed/events.ts';
import type { SendResult } from '../../../src/domain/feed/send-result.ts';
import { feedQueue } from '../../../src/services/core/feed/delivery/deliver-feed.ts';
import type { FeedSender } from '../../../src/services/core/feed/delivery/feed-sender.ts';
import { openCursors } from '../../../src/services/core/feed/delivery/open-cursors.ts';
import { pusherSender } from '../../../src/services/core/feed/delivery/pusher-sender.ts';
import { listSenders } from '../../../src/services/core/feed/delivery/senders.ts';
import { numberAll, upTo } from '../../support/database/feed.ts';
import { openDesk } from '../../support/hotel/desk.ts';
import type { Desk } from '../../support/hotel/desk.ts';
import { openPusherSandbox } from '../../support/sandbox/pusher-sandbox.ts';
import type { PusherTestSandbox } from '../../support/sandbox/pusher-sandbox.ts';
import { startTestApp } from '../../support/server/app.ts';
import type { TestApp } from '../../support/server/app.ts';

// Two channels on one engine: Pusher, and one that keeps in memory what it was sent.

let sandbox: PusherTestSandbox;
let t: TestApp;
let desk: Desk;
let memory: MemorySender;

beforeAll(async () => {
  sandbox = await openPusherSandbox();
});
afterAll(() => sandbox[Symbol.asyncDispose]());

beforeEach(async () => {
  const { appId, key, secret, url } = sandbox;
  const names = { PUSHER_APP_ID: appId, PUSHER_KEY: key, PUSHER_SECRET: secret, PUSHER_HOST: url };
  t = await startTestApp({ ...names, LOG_LEVEL: 'warn' });
  memory = new MemorySender();
  await sandbox.control('DELETE faults');
  await numberAll(t.ctx);
  for (const sender of [pusherSender, memory]) await openCursors(t.ctx, sender);
  desk = await openDesk(t);
  await numberAll(t.ctx);
  for (const sender of [pusherSender, memory]) await deliver(sender);
  memory.requests.length = 0;
  await sandbox.control('DELETE published');
});
afterEach(() => t.close());

const TAKEN: SendResult = { kind: 'TAKEN' };
const UNKNOWN: SendResult = { kind: 'UNKNOWN', reason: 'no answer' };
const REFUSED: SendResult = { kind: 'REFUSED', reason: 'too long' };

/** A channel that holds three ordinary events a request, and answers as it is told to. */
class MemorySender implements FeedSender {
  readonly channel = 'MEMORY';
  readonly logEvent = 'memory/send';
  readonly maxBatchSize = 3;
  /** Every request, as the numbers and the property of its events. */
  readonly requests: { readonly slug: string; readonly seqs: readonly number[] }[] = [];
  answer: (events: readonly FeedEvent[]) => SendResult = () => TAKEN;
  sizeOf = ({ type }: FeedEvent) => (type === 'booking_updated' ? 9 : 1);
  isConfigured = () => true;
  send = async (_ctx: unknown, events: readonly FeedEvent[]): Promise<SendResult> => {
    const slug = events[0]?.propertySlug ?? '';
    this.requests.push({ slug, seqs: events.map(({ seq }) => seq) });
    return this.answer(events);
  };
}

const deliver = (sender: FeedSender) => drain(t.ctx, feedQueue(sender));
const requested = (one = desk) => memory.requests.filter(({ slug }) => slug === one.hotel.slug).map(({ seqs }) => seqs);

/** The numbers that Pusher has taken of a hotel's events, in order. */
async function publishedOf(one = desk): Promise<number[]> {
  const published: { channel: string; data: string }[] = await sandbox.control('GET published');
  return published
    .filter(({ channel }) => channel === `private-staff-${one.hotel.slug}`)
    .map(({ data }) => (JSON.parse(data) as FeedEvent).seq);
}

/** Adds events of this type to the feed. */
async function add(count: number, type = 'webhook_failed', one = desk): Promise<void> {
  await t.database.sql(
    `INSERT INTO outbox_messages (property_id, type, data)
     SELECT $1, $2, '{"bookingCode": "BK-2027-0001"}' FROM generate_series(1, $3)`,
    [one.hotel.propertyId, type, count],
  );
  await numberAll(t.ctx);
}

async function cursors(one = desk) {
  const rows = await t.database.sql<{ channel: string; last_seq: number; attempts: number; wait: number }>(
    `SELECT channel, last_seq::int, attempts, extract(epoch FROM next_attempt_at - app_now())::float8 AS wait
     FROM feed_cursors WHERE property_id = $1`,
    [one.hotel.propertyId],
  );
  return Object.fromEntries(rows.map(({ channel, ...cursor }) => [channel, cursor]));
}

/** The number of the last event before the test's own. Both channels have delivered it. */
async function opening(one = desk): Promise<number> {
  const { PUSHER } = await cursors(one);
  return PUSHER?.last_seq ?? NaN;
}

test('each channel carries every event once, in order, as many to a request as it takes, and has its own cursor', async () => {
  const first = await opening();
  const numbers = upTo(8).map((index) => first + index);
  await add(8);
  await deliver(memory);
  expect(await cursors()).toMatchObject({ MEMORY: { last_seq: first + 8 }, PUSHER: { last_seq: first } });
  expect(requested()).toEqual([numbers.slice(0, 3), numbers.slice(3, 6), numbers.slice(6)]);
  expect(await publishedOf()).toEqual([]);
  await deliver(pusherSender);
  expect(await publishedOf()).toEqual(numbers);
  expect(await cursors()).toMatchObject({ MEMORY: { last_seq: first + 8 }, PUSHER: { last_seq: first + 8 } });
  expect(await Promise.all([deliver(memory), deliver(pusherSender)])).toEqual([0, 0]);
});

test('a channel that does not answer waits twice as long each time, at most half a minute, and delays no other', async () => {
  const first = await opening();
  vi.spyOn(memory, 'answer').mockReturnValue(UNKNOWN);
  const stopClock = `CREATE OR REPLACE FUNCTION app_now() RETURNS timestamptz LANGUAGE sql AS`;
  await t.database.sql(`${stopClock} $$ SELECT '${new Date().toISOString()}'::timestamptz $$`);
  await t.database.sql('UPDATE feed_cursors SET next_attempt_at = app_now()');
  const waits: number[] = [];
  for (let attempt = 1; attempt <= 8; attempt += 1) {
    await add(1);
    await deliver(pusherSender);
    await deliver(memory);
    const { MEMORY, PUSHER } = await cursors();
    waits.push(MEMORY?.wait ?? NaN);
    expect(MEMORY).toMatchObject({ last_seq: first, attempts: attempt });
    expect(PUSHER).toEqual({ last_seq: first + attempt, attempts: 0, wait: 0 });
    await t.database.sql(`UPDATE feed_cursors SET next_attempt_at = app_now() WHERE channel = 'MEMORY'`);
  }
  expect(waits).toEqual([0.5, 1, 2, 4, 8, 16, 30, 30]);
  const lines = t.logged.filter(({ event }) => event === 'memory/send');
  expect(lines).toHaveLength(8);
  expect(lines[0]).toMatchObject({ level: 40, channel: 'MEMORY', outcome: 'unknown', afterSeq: first, waitMs: 500 });
  vi.mocked(memory.answer).mockReturnValue(TAKEN);
  memory.requests.length = 0;
  await deliver(memory);
  const numbers = upTo(8).map((index) => first + index);
  expect(requested().flat()).toEqual(numbers);
  expect(await publishedOf()).toEqual(numbers);
  expect(await cursors()).toMatchObject({ MEMORY: { last_seq: first + 8, attempts: 0 } });
});

test('Pusher’s failures are Pusher’s: the other channel has all events meanwhile', async () => {
  const first = await opening();
  await sandbox.control('POST faults', { rate: 1, kinds: ['status_500'] });
  await add(4);
  await Promise.all([deliver(pusherSender), deliver(memory)]);
  expect(await cursors()).toMatchObject({
    MEMORY: { last_seq: first + 4, attempts: 0 },
    PUSHER: { last_seq: first, attempts: 1 },
  });
});

test('a refused request is split: only the event that its channel never takes is left out, and only there', async () => {
  const first = await opening();
  await add(5);
  const bad = first + 2;
  memory.answer = (events) => (events.some(({ seq }) => seq === bad) ? REFUSED : TAKEN);
  await Promise.all([deliver(pusherSender), deliver(memory)]);
  const [one, two, three, four, five] = upTo(5).map((index) => first + index);
  expect(requested()).toEqual([[one, two, three], [one], [two], [three], [four, five]]);
  expect(await publishedOf()).toEqual([one, two, three, four, five]);
  expect(await cursors()).toMatchObject({ MEMORY: { last_seq: five }, PUSHER: { last_seq: five } });
  expect(t.logged).toMatchObject([
    { level: 50, event: 'memory/send', channel: 'MEMORY', outcome: 'refused', seq: two, reason: 'too long' },
  ]);
});

test('an event larger than a request travels alone, in its place', async () => {
  const first = await opening();
  await add(2);
  await add(1, 'booking_updated');
  await add(2);
  await deliver(memory);
  const [one, two, three, four, five] = upTo(5).map((index) => first + index);
  expect(requested()).toEqual([[one, two], [three], [four, five]]);
});

test('two properties on two channels: each pair has its own order, and one that fails delays none of the others', async () => {
  const other = await openDesk(t);
  await numberAll(t.ctx);
  // The first poll opens the cursors of a new property.
  for (const sender of [pusherSender, memory, pusherSender, memory]) await deliver(sender);
  const [first, firstOfOther] = [await opening(), await opening(other)];
  memory.requests.length = 0;
  memory.answer = ([event]) => (event?.propertySlug === other.hotel.slug ? UNKNOWN : TAKEN);
  for (let round = 0; round < 3; round += 1) {
    await add(1);
    await add(1, 'webhook_failed', other);
  }
  await Promise.all([deliver(pusherSender), deliver(memory)]);
  expect(await cursors()).toMatchObject({ MEMORY: { last_seq: first + 3 }, PUSHER: { last_seq: first + 3 } });
  expect(await cursors(other)).toMatchObject({
    MEMORY: { last_seq: firstOfOther, attempts: 1 },
    PUSHER: { last_seq: firstOfOther + 3, attempts: 0 },
  });
  expect(requested().flat()).toEqual(upTo(3).map((index) => first + index));
});

test('a channel that is connected later starts with what happens from then on, beside one that goes on', async () => {
  await t.database.sql(`DELETE FROM feed_cursors WHERE channel = 'MEMORY'`);
  const first = await opening();
  await add(2);
  await openCursors(t.ctx, memory);
  await add(1);
  await openCursors(t.ctx, memory);
  await Promise.all([deliver(pusherSender), deliver(memory)]);
  expect(requested()).toEqual([[first + 3]]);
  expect(await publishedOf()).toEqual(upTo(3).map((index) => first + index));
});

test('only channels that are configured are drained', () => {
  expect(listSenders(t.ctx)).toEqual([pusherSender]);
  expect(listSenders({ ...t.ctx, realtime: null })).toEqual([]);
});
