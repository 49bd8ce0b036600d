import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp } from '../../support/server/app.ts';
import type { TestApp } from '../../support/server/app.ts';
import { daysAhead } from '../../support/hotel/build.ts';
import { hire, openDesk } from '../../support/hotel/desk.ts';
import type { Desk } from '../../support/hotel/desk.ts';
import { numberAll, upTo } from '../../support/database/feed.ts';
import { invalid, refusal } from '../../support/http/problems.ts';

let t: TestApp;
let desk: Desk;

beforeAll(async () => {
  t = await startTestApp();
  desk = await openDesk(t, { rooms: 10 });
  // Twelve bookings of three events each, and one that the hotel was opened with.
  for (let index = 0; index < 12; index += 1) {
    await desk.confirm({ checkIn: daysAhead(20 + index), checkOut: daysAhead(21 + index) });
  }
  await numberAll(t.ctx);
});
afterAll(() => t.close());

const list = (query = '', options = {}) => desk.call('GET', `/events${query}`, options);
const seqsOf = (body: { items: { seq: number }[] }) => body.items.map(({ seq }) => seq);

test('the feed is read from its beginning, and says what to ask with next', async () => {
  const { status, body } = await list();
  expect(status).toBe(200);
  expect(seqsOf(body)).toEqual(upTo(37));
  expect(body.nextAfter).toBe(37);
});

test('an event says what happened, when, where, and to what', async () => {
  const { body } = await list('?limit=3');
  const [opened, created, confirmed] = body.items;
  const slug = desk.hotel.slug;
  const occurredAt = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  expect(opened).toEqual({
    id: `${slug}-1`,
    seq: 1,
    type: 'availability_changed',
    occurredAt,
    propertySlug: slug,
    data: { roomType: 'ROOM' },
  });
  const data = { bookingCode: expect.stringMatching(/^BK-\d{4}-\d{4,}$/), status: 'CONFIRMED' };
  expect(created).toEqual({
    id: `${slug}-2`,
    seq: 2,
    type: 'booking_created',
    occurredAt,
    propertySlug: slug,
    data,
  });
  expect(confirmed).toMatchObject({ seq: 3, type: 'booking_confirmed', data });
});

test('pages of any size make the whole, each event once', async () => {
  for (const limit of [1, 7, 36, 37, 200]) {
    const read: number[] = [];
    for (let after = 0; ;) {
      const { body } = await list(`?after=${String(after)}&limit=${String(limit)}`);
      expect(body.items.length).toBeLessThanOrEqual(limit);
      if (body.items.length === 0) break;
      read.push(...seqsOf(body));
      after = body.nextAfter as number;
    }
    expect(read).toEqual(upTo(37));
  }
});

test.each([37, 38, 1_000_000, Number.MAX_SAFE_INTEGER])(
  'after %i there is nothing yet, and the same is asked next',
  async (after) => {
    expect((await list(`?after=${String(after)}`)).body).toEqual({ items: [], nextAfter: after });
  },
);

test('what has happened and is not numbered yet is not in the feed, and leaves no gap in it', async () => {
  const other = await openDesk(t);
  expect((await other.call('GET', '/events')).body).toEqual({ items: [], nextAfter: 0 });
  await numberAll(t.ctx);
  expect(seqsOf((await other.call('GET', '/events')).body)).toEqual([1]);
});

test.each([
  ['limit=0', 'limit'],
  ['limit=-1', 'limit'],
  ['limit=201', 'limit'],
  ['limit=1.5', 'limit'],
  ['limit=all', 'limit'],
  ['limit=', 'limit'],
  ['after=-1', 'after'],
  ['after=0.5', 'after'],
  ['after=last', 'after'],
  ['after=9007199254740992', 'after'],
  ['after=1&after=2', 'after'],
  ['since=3', 'since'],
])('?%s is refused, with the place', async (query, path) => {
  expect(await list(`?${query}`)).toMatchObject(invalid(path));
  // What the stream knows of it, it refuses alike.
  if (path === 'after') expect(await desk.call('GET', `/events/stream?${query}`)).toMatchObject(invalid(path));
});

test('limits of 1 and 200 are not refused, and 50 is usual', async () => {
  const other = await openDesk(t);
  await t.database.sql(
    `INSERT INTO outbox_messages (property_id, type, data)
     SELECT $1, 'webhook_failed', '{}' FROM generate_series(1, 250)`,
    [other.hotel.propertyId],
  );
  await numberAll(t.ctx);
  const read = async (query: string) => seqsOf((await other.call('GET', `/events${query}`)).body).length;
  expect([await read('?limit=1'), await read('?limit=200'), await read('')]).toEqual([1, 200, 50]);
});

test.each(['OWNER', 'MANAGER', 'FRONT_DESK', 'VIEWER'] as const)('%s reads the feed', async (role) => {
  const token = await hire(t, desk.hotel.propertyId, role);
  expect(seqsOf((await list('', { token })).body)).toEqual(upTo(37));
});

test.each(['/events', '/events/stream'])('%s is not for housekeeping', async (path) => {
  const token = await hire(t, desk.hotel.propertyId, 'HOUSEKEEPING');
  expect(await desk.call('GET', path, { token })).toMatchObject(refusal('forbidden'));
});

test.each(['/events', '/events/stream'])('%s of another’s property does not exist, nor that of none', async (path) => {
  const stranger = await openDesk(t);
  const as = { token: stranger.token };
  expect(await desk.call('GET', path, as)).toMatchObject(refusal('not_found'));
  expect(await t.call('GET', `/v1/staff/properties/no-such-place${path}`, as)).toMatchObject(refusal('not_found'));
});

test.each(['/events', '/events/stream'])(
  '%s is not for those who do not say who they are, nor for guests',
  async (path) => {
    const { guestToken } = await desk.book({ checkIn: daysAhead(60), checkOut: daysAhead(61) });
    for (const token of ['', 'nonsense', guestToken]) {
      expect(await desk.call('GET', path, { token })).toMatchObject(refusal('unauthorized'));
    }
  },
);

test('the feed of one property says nothing of another’s', async () => {
  const [one, other] = [await openDesk(t), await openDesk(t)];
  const code = await one.confirm();
  await numberAll(t.ctx);
  const theirs = (await other.call('GET', '/events')).body;
  expect(JSON.stringify(theirs)).not.toContain(code);
  expect(seqsOf(theirs)).toEqual([1]);
  expect(JSON.stringify((await one.call('GET', '/events')).body)).toContain(code);
});
