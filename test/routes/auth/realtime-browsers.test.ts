import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { drain } from '../../../src/db/drain.ts';
import { feedQueue } from '../../../src/services/core/feed/delivery/deliver-feed.ts';
import { openCursors } from '../../../src/services/core/feed/delivery/open-cursors.ts';
import { pusherSender } from '../../../src/services/core/feed/delivery/pusher-sender.ts';
import { startTestApp } from '../../support/server/app.ts';
import type { TestApp } from '../../support/server/app.ts';
import { daysAhead } from '../../support/hotel/build.ts';
import { openDesk } from '../../support/hotel/desk.ts';
import type { Desk } from '../../support/hotel/desk.ts';
import { numberAll, upTo } from '../../support/database/feed.ts';
import { listen, nextOf, openPusherSandbox } from '../../support/sandbox/pusher-sandbox.ts';
import type { Client, PusherTestSandbox } from '../../support/sandbox/pusher-sandbox.ts';
import { connectBrowser } from '../../support/sandbox/realtime-client.ts';

let sandbox: PusherTestSandbox;
let t: TestApp;
let appUrl: string;
const browsers: Client[] = [];

beforeAll(async () => {
  sandbox = await openPusherSandbox();
  const { appId, key, secret, url } = sandbox;
  const names = { PUSHER_APP_ID: appId, PUSHER_KEY: key, PUSHER_SECRET: secret, PUSHER_HOST: url };
  t = await startTestApp({ ...names, LOG_LEVEL: 'warn' });
  appUrl = await t.app.listen({ port: 0, host: '127.0.0.1' });
  await openCursors(t.ctx, pusherSender);
});
afterEach(() => {
  for (const browser of browsers.splice(0)) browser.disconnect();
});
afterAll(async () => {
  await t.close();
  await sandbox[Symbol.asyncDispose]();
});

async function connect(token: string): Promise<Client> {
  const browser = await connectBrowser(sandbox, { appUrl, token });
  browsers.push(browser);
  return browser;
}

/** What a server does by itself. */
async function tellAll(): Promise<void> {
  await numberAll(t.ctx);
  while ((await drain(t.ctx, feedQueue(pusherSender))) > 0);
}

type Heard = Awaited<ReturnType<typeof listen>>['heard'];
const seqsOf = (heard: Heard) => heard.map(({ data }) => data.seq as number);
const channelsOf = ({ hotel: { slug } }: Desk) => [
  `private-hotel-${slug}`,
  `private-staff-${slug}`,
  `private-room-${slug}-101`,
];

test('staff and guests of two hotels, all at once: each hears their own and nothing of the others', async () => {
  const desks = [await openDesk(t, { rooms: 3 }), await openDesk(t, { rooms: 3 })] as const;
  const houses = await Promise.all(
    desks.map(async (desk) => {
      const { code, guestToken } = await desk.book();
      return { desk, code, staff: await connect(desk.token), guest: await connect(guestToken) };
    }),
  );
  await tellAll();
  const heard = await Promise.all(
    houses.map(async ({ desk, code, staff, guest }) => ({
      desk,
      code,
      byStaff: await Promise.all(channelsOf(desk).map(async (channel) => (await listen(staff, channel)).heard)),
      byGuest: (await listen(guest, `private-booking-${code}`)).heard,
      byAnybody: (await listen(guest, `hotel-${desk.hotel.slug}-public`)).heard,
    })),
  );
  for (const { desk, code } of houses) {
    await desk.act(code, 'payments', { method: 'CASH', amount: 10_000 });
    await desk.act(code, 'assign-room', { room: '101' });
    await desk.confirm({ checkIn: daysAhead(70), checkOut: daysAhead(71) });
    await desk.act(code, 'cancel', {});
  }
  await tellAll();
  for (const { desk, code, byStaff, byGuest, byAnybody } of heard) {
    const { items } = (await desk.call('GET', '/events?after=3')).body as { items: any[] };
    const last = items.at(-1).seq as number;
    // The last thing told is that the nights can be had again, and everybody hears that.
    await vi.waitFor(() => {
      expect(seqsOf(byAnybody).at(-1)).toBe(last);
    }, 10_000);
    const [operations = [], staff = [], room = []] = byStaff;
    const told = (heardBy: Heard) => heardBy.map(({ name }) => name);
    const aboutGuest = items.filter(({ data }) => data.bookingCode === code);
    expect(byGuest.map(({ data }) => data)).toEqual(aboutGuest);
    expect(aboutGuest.length).toBeGreaterThan(4);
    expect(seqsOf(operations)).toEqual(seqsOfAll(items, (type) => type !== 'availability_changed'));
    expect(told(staff)).toEqual(['booking_created', 'booking_cancelled']);
    expect(told(room)).toEqual(['room_assigned']);
    expect(new Set(told(byAnybody))).toEqual(new Set(['availability_changed']));
    const text = JSON.stringify([byStaff, byGuest, byAnybody]);
    for (const { desk: another } of heard.filter((one) => one.desk !== desk)) {
      expect(text).not.toContain(another.hotel.slug);
    }
    expect(JSON.stringify(byAnybody)).not.toMatch(/BK-|Sam|"101"/);
  }
});

function seqsOfAll(items: { seq: number; type: string }[], isTold: (type: string) => boolean): number[] {
  return items.filter(({ type }) => isTold(type)).map(({ seq }) => seq);
}

test('a browser that asks for what is not its own is refused by us, and hears nothing of it', async () => {
  const [mine, theirs] = [await openDesk(t), await openDesk(t)];
  const { code, guestToken } = await mine.book();
  const [staff, guest] = [await connect(mine.token), await connect(guestToken)];
  const strange: [Client, string][] = [
    ...channelsOf(theirs).map((channel): [Client, string] => [staff, channel]),
    ...channelsOf(mine).map((channel): [Client, string] => [guest, channel]),
  ];
  for (const [browser, channel] of strange) {
    const joined = browser.subscribe(channel);
    expect(await nextOf(joined, 'pusher:subscription_error')).toMatchObject({ status: 403 });
    expect(joined.subscribed).toBe(false);
  }
  await listen(guest, `private-booking-${code}`);
});

test('a signature that we did not make is refused by the service', async () => {
  const desk = await openDesk(t);
  const channel = `private-hotel-${desk.hotel.slug}`;
  const body = { socket_id: '1.1', channel_name: channel };
  const { auth } = (await t.call('POST', '/v1/realtime/auth', { token: desk.token, body })).body as { auth: string };
  // Somebody else's, one that was changed, and one by another key.
  for (const forged of [auth, `${auth.slice(0, -1)}${auth.endsWith('0') ? '1' : '0'}`, `other-key:${'0'.repeat(64)}`]) {
    const thief = await sandbox.connect(() => forged);
    expect(await nextOf(thief.subscribe(channel), 'pusher:subscription_error')).toMatchObject({ status: 401 });
  }
});

test('what was told while the connection was down is read from the feed, and nothing is missed or new twice', async () => {
  const desk = await openDesk(t, { rooms: 10 });
  const browser = await connect(desk.token);
  const channel = `private-hotel-${desk.hotel.slug}`;
  const { heard } = await listen(browser, channel);
  const book = (day: number) => desk.confirm({ checkIn: daysAhead(day), checkOut: daysAhead(day + 1) });
  await book(20);
  await tellAll();
  await vi.waitFor(() => {
    expect(seqsOf(heard)).toEqual([2, 3]);
  }, 10_000);
  const joined = nextOf(browser.channel(channel), 'pusher:subscription_succeeded');
  await book(21);
  // It comes back at once, and is let in only when the next has been told.
  const doorkeeper = new pg.Client({ connectionString: t.database.url });
  await doorkeeper.connect();
  await doorkeeper.query('BEGIN');
  await doorkeeper.query('LOCK TABLE memberships IN ACCESS EXCLUSIVE MODE');
  await sandbox.control('POST disconnect');
  await tellAll();
  await doorkeeper.query('COMMIT');
  await doorkeeper.end();
  await joined;
  await book(22);
  await tellAll();
  await vi.waitFor(() => {
    expect(seqsOf(heard).at(-1)).toBe(9);
  }, 10_000);
  expect(seqsOf(heard)).toEqual([2, 3, 8, 9]);
  const { body } = await desk.call('GET', '/events?after=3');
  const known = new Map([...heard.map(({ data }) => data), ...body.items].map((event) => [event.id, event.seq]));
  expect([...known.values(), 1].toSorted((a, b) => a - b)).toEqual(upTo(10));
});
