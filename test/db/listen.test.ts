import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { FEED_CHANNEL, listenToFeeds } from '../../src/db/connection/listen.ts';
import type { FeedListener } from '../../src/db/connection/listen.ts';
import { encodeChange } from '../../src/domain/feed/encode-change.ts';
import { cloneDatabase } from '../support/database/database.ts';
import type { TestDatabase } from '../support/database/database.ts';
import { openGate } from '../support/server/gate.ts';
import type { Gate } from '../support/server/gate.ts';

/** Longer than it takes to find out that nobody answers: two seconds until it asks, two more for the answer. */
const PATIENCE = { timeout: 8_000, interval: 10 };

let database: TestDatabase;
let gate: Gate;
let stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  database = await cloneDatabase();
  gate = await openGate(database.url);
});
afterEach(async () => {
  gate.thaw();
  await Promise.all(stops.map((stop) => stop()));
  stops = [];
});
afterAll(async () => {
  await gate.close();
  await database.drop();
});

/** Begins to listen, until the end of the test at the latest. Answers what stops it. */
function begin(listener: Partial<FeedListener> = {}): () => Promise<void> {
  const running = listenToFeeds(gate.url, { onGrown: () => undefined, onListening: () => undefined, ...listener });
  const stop = () => running.stop();
  stops.push(stop);
  return stop;
}

/** Listens. Answers what it is told, in order: whether it hears, and the changes it hears of. */
async function listen() {
  const told: (boolean | readonly string[])[] = [];
  const stop = begin({
    onGrown: (changes) => told.push(changes.map(encodeChange)),
    onListening: (isListening) => told.push(isListening),
  });
  const isTold = (what: boolean | readonly string[]) =>
    vi.waitFor(() => {
      expect(told.at(-1)).toEqual(what);
    }, PATIENCE);
  await isTold(true);
  return { told, stop, isTold };
}

const notify = (payload: string) => database.sql('SELECT pg_notify($1, $2)', [FEED_CHANNEL, payload]);
const LISTENERS = `application_name = 'holdfast-listener' AND datname = current_database()`;
const countListeners = async () => (await database.sql(`SELECT 1 FROM pg_stat_activity WHERE ${LISTENERS}`)).length;
const cutOff = () => database.sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${LISTENERS}`);

test('every notification is heard, in order, with all the properties it names and what it says of them', async () => {
  const { told, isTold } = await listen();
  await notify('harbour palace:2027-05-14/2027-05-16 inn:');
  await notify('harbour');
  await isTold(['harbour']);
  expect(told).toEqual([true, ['harbour', 'palace:2027-05-14/2027-05-16', 'inn:'], ['harbour']]);
});

test('as many properties are heard of as are ever told of at once', async () => {
  const { isTold } = await listen();
  const touched = [1, 3, 5, 7].map((day) => ({ from: `2027-05-0${String(day)}`, to: `2027-05-0${String(day + 1)}` }));
  const words = Array.from({ length: 50 }, (_, index) =>
    encodeChange({ slug: String(index).padStart(63, 'a'), touched }),
  );
  await notify(words.join(' '));
  await isTold(words);
});

test('what is told on another channel, or in another database, is not heard', async () => {
  const { told, isTold } = await listen();
  const other = await cloneDatabase();
  await other.sql('SELECT pg_notify($1, $2)', [FEED_CHANNEL, 'theirs']);
  await database.sql('SELECT pg_notify($1, $2)', ['another_channel', 'nobody']);
  await notify('ours');
  await isTold(['ours']);
  await other.drop();
  expect(told).toEqual([true, ['ours']]);
});

test('what is rolled back is not heard', async () => {
  const { told, isTold } = await listen();
  await database.sql(`DO $$ BEGIN
    PERFORM pg_notify('${FEED_CHANNEL}', 'never'); RAISE EXCEPTION 'no';
    EXCEPTION WHEN raise_exception THEN NULL; END $$`);
  await notify('ours');
  await isTold(['ours']);
  expect(told).toEqual([true, ['ours']]);
});

test('whose connection is ended says so, makes another one, and hears again', async () => {
  const { told, isTold } = await listen();
  for (let time = 0; time < 5; time += 1) {
    told.length = 0;
    await cutOff();
    await isTold(true);
    await notify('harbour');
    await isTold(['harbour']);
    expect(told).toEqual([false, true, ['harbour']]);
    expect(await countListeners()).toBe(1);
  }
});

test('while nobody lets it in it says that it does not hear, comes again and again, and hears when they do', async () => {
  const { told, isTold } = await listen();
  await gate.shut();
  await isTold(false);
  await notify('unheard');
  await vi.waitFor(() => {
    expect(told.filter((what) => what === false).length).toBeGreaterThan(3);
  }, PATIENCE);
  expect(told.filter((what) => what !== false)).toEqual([true]);
  await gate.open();
  await isTold(true);
  await notify('harbour');
  await isTold(['harbour']);
});

test('a connection that falls silent is noticed, though nobody ends it', async () => {
  const { told, isTold } = await listen();
  gate.freeze();
  await notify('unheard');
  await isTold(false);
  gate.thaw();
  await isTold(true);
  await notify('harbour');
  await isTold(['harbour']);
  expect(told.filter((what) => Array.isArray(what))).toEqual([['harbour']]);
});

test('when it begins to hear, nothing that is told from then on is missed', async () => {
  const seen: string[] = [];
  begin({
    onGrown: (changes) => seen.push(...changes.map(encodeChange)),
    onListening: (isListening) => {
      if (isListening) void notify('at-once');
    },
  });
  await vi.waitFor(() => {
    expect(seen).toEqual(['at-once']);
  }, PATIENCE);
});

// Stopping a server takes as long as the slowest of its parts: these may not be it.
const PROMPTLY_MS = 3_500;

test('stopping ends the connection, and nothing is heard any more', { timeout: PROMPTLY_MS }, async () => {
  const { told, stop } = await listen();
  await stop();
  expect(told).toEqual([true, false]);
  await notify('harbour');
  await vi.waitFor(async () => {
    expect(await countListeners()).toBe(0);
  }, PATIENCE);
  expect(told).toEqual([true, false]);
});

test('stopping twice is stopping once', { timeout: PROMPTLY_MS }, async () => {
  const { told, stop } = await listen();
  await Promise.all([stop(), stop()]);
  await stop();
  expect(told).toEqual([true, false]);
});

test('stopping does not wait for the next attempt to connect', { timeout: PROMPTLY_MS }, async () => {
  const { isTold, stop } = await listen();
  await gate.shut();
  await isTold(false);
  const before = gate.arrivals();
  await stop();
  await gate.open();
  expect(gate.arrivals()).toBe(before);
});

test('stopping at the very start stops', { timeout: PROMPTLY_MS }, async () => {
  const told: boolean[] = [];
  await begin({ onListening: (isListening) => told.push(isListening) })();
  expect(told.at(-1)).toBe(false);
  await vi.waitFor(async () => {
    expect(await countListeners()).toBe(0);
  }, PATIENCE);
});

test('stopping does not wait for a Postgres that has fallen silent', { timeout: PROMPTLY_MS }, async () => {
  const { stop } = await listen();
  gate.freeze();
  await stop();
});

test('stopping does not wait for a Postgres that never answered', { timeout: PROMPTLY_MS }, async () => {
  gate.freeze();
  const before = gate.arrivals();
  const stop = begin();
  await vi.waitFor(() => {
    expect(gate.arrivals()).toBe(before + 1);
  });
  await stop();
});
