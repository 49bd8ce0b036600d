import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { listenToFeeds } from '../../../src/db/connection/listen.ts';
import { MemoryFeedNotifier } from '../../../src/jobs/feed-notifier.ts';
import { startTestApp } from '../../support/server/app.ts';
import type { TestApp } from '../../support/server/app.ts';
import { openDesk } from '../../support/hotel/desk.ts';
import type { Desk } from '../../support/hotel/desk.ts';
import { listenTo } from '../../support/http/event-stream.ts';
import type { TestStream } from '../../support/http/event-stream.ts';
import { numberAll, upTo } from '../../support/database/feed.ts';

const OURS = 'https://desk.example';

let t: TestApp;
let url: string;
let listener: ReturnType<typeof listenToFeeds>;
let desk: Desk;

/** An application that listens, and receives notifications as a server does. */
async function startListening(): Promise<void> {
  t = await startTestApp({ CORS_ORIGINS: OURS, LOG_LEVEL: 'warn' });
  url = await t.app.listen({ port: 0, host: '127.0.0.1' });
  const { feeds } = t.ctx;
  if (!(feeds instanceof MemoryFeedNotifier)) throw new Error('Bug: another notifier than a server has');
  const { promise: listening, resolve } = Promise.withResolvers<undefined>();
  listener = listenToFeeds(t.database.url, {
    onGrown: (changes) => {
      feeds.notify(changes.map(({ slug }) => slug));
    },
    onListening: (isListening) => {
      feeds.setListening(isListening);
      resolve(undefined);
    },
  });
  await listening;
}

beforeAll(async () => {
  await startListening();
  desk = await openDesk(t, { rooms: 10 });
  await tell(desk, 9);
});
afterAll(async () => {
  await listener.stop();
  await t.close();
});

/** So many more events, numbered; `text` makes them longer. */
async function tell(one: Desk, count: number, text = ''): Promise<void> {
  await t.database.sql(
    `INSERT INTO outbox_messages (property_id, type, data)
     SELECT $1, 'booking_updated', jsonb_build_object('bookingCode', 'BK-2027-' || n || $3::text) FROM generate_series(1, $2) n`,
    [one.hotel.propertyId, count, text],
  );
  await numberAll(t.ctx);
}

function open(
  options: { one?: Desk; query?: string; headers?: Record<string, string>; token?: string } = {},
): Promise<TestStream> {
  const { one = desk, query = '', headers = {}, token = one.token } = options;
  return listenTo(`${url}/api${one.path}/events/stream${query}`, { token, headers });
}

const seqsOf = ({ events }: TestStream) => events.map(({ id }) => Number(id));
const reaches = (stream: TestStream, seqs: number[]) =>
  vi.waitFor(() => {
    expect(seqsOf(stream)).toEqual(seqs);
  }, 10_000);

test('what happens is heard as it happens, as the feed has it', async () => {
  const one = await openDesk(t);
  const stream = await open({ one, query: '?after=0' });
  await numberAll(t.ctx);
  await reaches(stream, [1]);
  const code = await one.confirm();
  await numberAll(t.ctx);
  await reaches(stream, [1, 2, 3, 4]);
  const { items } = (await one.call('GET', '/events')).body as { items: { type: string }[] };
  expect(stream.events.map(({ data }) => data)).toEqual(items);
  expect(stream.events.map(({ event }) => event)).toEqual(items.map(({ type }) => type));
  expect(stream.events[1]?.data.data).toEqual({ bookingCode: code, status: 'CONFIRMED' });
  stream.close();
});

test('without a place to go on from, it begins with what happens next', async () => {
  const one = await openDesk(t);
  await tell(one, 5);
  const stream = await open({ one });
  await tell(one, 2);
  await reaches(stream, [7, 8]);
  stream.close();
});

test.each([
  ['the number in the address', { query: '?after=7' }, 8],
  ['Last-Event-ID', { headers: { 'last-event-id': '5' } }, 6],
  [
    'Last-Event-ID rather than the address, as browsers come back with both',
    {
      query: '?after=2',
      headers: { 'last-event-id': '9' },
    },
    10,
  ],
  ['the address where Last-Event-ID is empty', { query: '?after=3', headers: { 'last-event-id': '' } }, 4],
  ['0, which is the beginning', { query: '?after=0' }, 1],
])('it goes on after %s', async (_, options, first) => {
  const stream = await open(options);
  await reaches(stream, upTo(10).slice(first - 1));
  stream.close();
});

test('who comes back where they were has missed nothing and hears nothing twice, however often', async () => {
  const one = await openDesk(t);
  const heard: number[] = [];
  for (let round = 0; round < 6; round += 1) {
    await tell(one, 3);
    const stream = await open({ one, headers: { 'last-event-id': String(heard.at(-1) ?? 0) } });
    await tell(one, 2);
    await vi.waitFor(() => {
      expect(seqsOf(stream).length).toBeGreaterThan(1 + (round % 4));
    }, 10_000);
    stream.close();
    heard.push(...seqsOf(stream));
  }
  const last = await open({ one, headers: { 'last-event-id': String(heard.at(-1)) } });
  await reaches(last, upTo(31).slice(heard.length));
  expect([...heard, ...seqsOf(last)]).toEqual(upTo(31));
  last.close();
});

test.each(['-1', 'last', '1.5', '9007199254740992', '1, 2'])('the Last-Event-ID %s is refused', async (id) => {
  const stream = await open({ headers: { 'last-event-id': id } });
  await stream.ended;
  expect(stream.status).toBe(400);
  expect(JSON.parse(stream.text())).toMatchObject({
    code: 'validation_failed',
    errors: [{ path: 'Last-Event-ID', message: 'must be the seq of an event' }],
  });
});

test('a backlog of many pages comes whole and in order', async () => {
  const one = await openDesk(t);
  await tell(one, 1_234);
  const stream = await open({ one, query: '?after=0' });
  await reaches(stream, upTo(1_235));
  stream.close();
});

test('a reader who takes nothing for a while loses nothing, and keeps nobody waiting', async () => {
  const one = await openDesk(t);
  const [slow, quick] = [await open({ one, query: '?after=0' }), await open({ one, query: '?after=0' })];
  slow.pause();
  // More than any buffer on the way takes.
  await tell(one, 4_000, 'x'.repeat(7_000));
  await reaches(quick, upTo(4_001));
  expect(seqsOf(slow).length).toBeLessThan(4_001);
  slow.resume();
  await reaches(slow, upTo(4_001));
  expect(slow.text()).toBe(quick.text());
  slow.close();
  quick.close();
});

test('it is not kept on the way, and says how soon to come back', async () => {
  const stream = await open();
  expect(stream).toMatchObject({
    status: 200,
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
      'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
      'x-content-type-options': 'nosniff',
    },
  });
  await vi.waitFor(() => {
    expect(stream.text()).toBe('retry: 2000\n\n');
  }, 10_000);
  stream.close();
});

test('a website on the list may listen, another may not', async () => {
  const [ours, theirs] = [
    await open({ headers: { origin: OURS } }),
    await open({ headers: { origin: 'https://elsewhere.example' } }),
  ];
  expect(ours.headers).toMatchObject({ 'access-control-allow-origin': OURS });
  expect(theirs.headers).not.toHaveProperty('access-control-allow-origin');
  ours.close();
  theirs.close();
});

test('a thousand may listen, and then one more is told to come again; who goes away leaves a place, and requests have theirs', async () => {
  const crowd = await Promise.all(Array.from({ length: 1_000 }, () => open()));
  expect(new Set(crowd.map(({ status }) => status))).toEqual(new Set([200]));
  const late = await open();
  await late.ended;
  expect(late).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
  expect(JSON.parse(late.text())).toMatchObject({ code: 'overloaded' });
  // Streams would be all the requests there may be.
  expect((await desk.call('GET', '/events?limit=1')).status).toBe(200);
  crowd[0]?.close();
  await vi.waitFor(async () => {
    const next = await open();
    crowd.push(next);
    expect(next.status).toBe(200);
  }, 5_000);
  for (const stream of crowd) stream.close();
  await Promise.all(crowd.map(({ ended }) => ended));
});

test('when the server stops, every stream ends, and none keeps it from stopping', async () => {
  const streams = await Promise.all(Array.from({ length: 20 }, () => open()));
  const stuck = await open({ query: '?after=0' });
  stuck.pause();
  await t.app.close();
  await Promise.all(streams.map(({ ended }) => ended));
  stuck.close();
  // Said as an end, not as a break: a proxy on the way passes it on.
  for (const stream of streams) expect(stream.text()).toBe('retry: 2000\n\n');
});
