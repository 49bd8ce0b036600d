import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { numberEvents } from '../../../src/services/core/feed/number-events.ts';
import { startTestApp } from '../../support/server/app.ts';
import type { TestApp } from '../../support/server/app.ts';
import { daysAhead } from '../../support/hotel/build.ts';
import { travelToNoon } from '../../support/database/clock.ts';
import { openDesk } from '../../support/hotel/desk.ts';
import type { Desk } from '../../support/hotel/desk.ts';
import { numberAll, readOutbox, upTo } from '../../support/database/feed.ts';
import { findViolations } from '../../support/database/invariants.ts';
import { seededRandom } from '../../support/race.ts';

let t: TestApp;

beforeAll(async () => {
  t = await startTestApp();
  await numberAll(t.ctx);
});
afterAll(() => t.close());

const dryRun = { headers: { prefer: 'dry-run' } };
const seqsOf = async (propertyId: string) =>
  (await readOutbox(t.database, propertyId)).map(({ seq }) => seq).toSorted((a, b) => Number(a) - Number(b));
const typesOf = async (propertyId: string) => (await readOutbox(t.database, propertyId)).map(({ type }) => type);

let places = 0;
/** A property with nothing in it. */
async function openPlace(): Promise<string> {
  places += 1;
  const data = { slug: `place-${String(places)}`, name: 'Place', timezone: 'Europe/Dublin', currency: 'EUR' };
  return (await t.ctx.db.property.create({ data })).id;
}

const tell = (propertyId: string, count = 1) =>
  t.database.sql(
    `INSERT INTO outbox_messages (property_id, type, data)
     SELECT $1, 'availability_changed', '{}' FROM generate_series(1, $2)`,
    [propertyId, count],
  );

test('each property’s events are 1, 2, 3, … in the order in which they were written, whatever the others do', async () => {
  const desks = [await openDesk(t), await openDesk(t)] as const;
  for (let day = 0; day < 4; day += 1) {
    for (const desk of desks) await desk.confirm({ checkIn: daysAhead(30 + day), checkOut: daysAhead(31 + day) });
    if (day % 2 === 0) await numberAll(t.ctx);
  }
  await numberAll(t.ctx);
  for (const { hotel } of desks) {
    const rows = await readOutbox(t.database, hotel.propertyId);
    // One that the hotel was opened with, and three for each booking.
    expect(rows.map(({ seq }) => seq)).toEqual(upTo(13));
  }
});

test('what was numbered keeps its number, and its time, when more comes', async () => {
  const place = await openPlace();
  const read = () =>
    t.database.sql(
      'SELECT id, seq, published_at FROM outbox_messages WHERE property_id = $1 AND seq <= 2 ORDER BY id',
      [place],
    );
  await tell(place, 2);
  await numberAll(t.ctx);
  const first = await read();
  await tell(place, 2);
  await numberAll(t.ctx);
  expect(await read()).toEqual(first);
  expect(await seqsOf(place)).toEqual(upTo(4));
});

test('more than fits into one go is numbered by the next, without a gap', async () => {
  const place = await openPlace();
  await tell(place, 1_201);
  const taken: number[] = [];
  for (let count = await numberEvents(t.ctx); count > 0; count = await numberEvents(t.ctx)) taken.push(count);
  expect(taken).toEqual([500, 500, 201]);
  expect((await readOutbox(t.database, place)).map(({ seq }) => seq)).toEqual(upTo(1_201));
});

test('fifty properties that never rest keep no other waiting', async () => {
  const all: string[] = [];
  for (let index = 0; index < 51; index += 1) all.push(await openPlace());
  // The one that comes last, by whatever order of ids.
  const [last = '', ...busy] = all.toSorted().toReversed();
  await tell(last);
  for (let round = 0; round < 3; round += 1) {
    for (const place of busy) await tell(place);
    await numberEvents(t.ctx);
  }
  expect(await seqsOf(last)).toEqual([1]);
  await numberAll(t.ctx);
});

test('refused changes and dry runs leave no event, and no gap', async () => {
  const desk = await openDesk(t, { rooms: 1, property: { approval: 'STAFF', paymentPolicy: 'NONE' } });
  const { code } = await desk.book();
  await numberAll(t.ctx);
  const before = await readOutbox(t.database, desk.hotel.propertyId);
  const tried = [
    await t.call('POST', `${desk.hotel.path}/bookings`, { body: bodyOf(40), ...dryRun }),
    await desk.call('POST', '/bookings', { body: { ...bodyOf(41), payment: 'ON_SITE' }, ...dryRun }),
    ...(await everyAction(desk, code, dryRun)),
    await desk.call('POST', '/rooms', { body: { number: '909', roomType: 'ROOM' }, ...dryRun }),
    // And for good, but not possible.
    await t.call('POST', `${desk.hotel.path}/bookings`, { body: bodyOf(30) }),
    await desk.act(code, 'check-in', {}),
    await desk.act(code, 'assign-room', { room: '999' }),
    await desk.act(code, 'approve', {}, { headers: { 'if-match': '"99"' } }),
    await desk.call('POST', '/rooms', { body: { number: '101', roomType: 'ROOM' } }),
  ];
  expect(tried.map(({ status }) => status)).toEqual([...Array<number>(6).fill(200), 201, 409, 409, 404, 412, 409]);
  expect(await readOutbox(t.database, desk.hotel.propertyId)).toEqual(before);
  expect(await desk.act(code, 'approve', {})).toMatchObject({ status: 200 });
  await numberAll(t.ctx);
  expect(await seqsOf(desk.hotel.propertyId)).toEqual(upTo(before.length + 3));
});

function bodyOf(day: number): object {
  const guest = { firstName: 'Aoife', lastName: 'Byrne', email: 'aoife@example.com', phone: '+353 1 555 0100' };
  return { roomType: 'ROOM', checkIn: daysAhead(day), checkOut: daysAhead(day + 1), guest };
}

async function everyAction(desk: Desk, code: string, options: typeof dryRun) {
  return [
    await desk.act(code, 'approve', {}, options),
    await desk.act(code, 'decline', { reasonCode: 'NO_CAPACITY' }, options),
    await desk.act(code, 'cancel', {}, options),
    await desk.act(code, 'assign-room', { room: '101' }, options),
  ];
}

test('a stay’s events come in the order in which it was lived, with no more than staff’s first names', async () => {
  const desk = await openDesk(t, { property: { approval: 'STAFF', paymentPolicy: 'NONE' } });
  const { code } = await desk.book({ checkIn: daysAhead(1), checkOut: daysAhead(3) });
  await desk.act(code, 'approve', {});
  await desk.act(code, 'assign-room', { room: '101' });
  await desk.act(code, 'assign-room', { room: '102' });
  await travelToNoon(t.database, daysAhead(1));
  await desk.act(code, 'check-in', {});
  await desk.act(code, 'check-out', { waiveBalance: 'Ours' });
  await t.database.travel('0');
  await numberAll(t.ctx);
  const rows = await readOutbox(t.database, desk.hotel.propertyId);
  const by = (status: string) => ({ bookingCode: code, status, staffUser: 'Sam' });
  const told = rows.filter(({ data }) => data['bookingCode'] === code && data['status'] !== undefined);
  expect(told.map(({ type, data }) => ({ type, data })).filter(({ type }) => type !== 'room_status_changed')).toEqual([
    { type: 'booking_created', data: { bookingCode: code, status: 'PENDING_APPROVAL' } },
    { type: 'booking_pending_approval', data: { bookingCode: code, status: 'PENDING_APPROVAL' } },
    { type: 'booking_status_changed', data: by('CONFIRMED') },
    { type: 'booking_approved', data: by('CONFIRMED') },
    { type: 'booking_confirmed', data: by('CONFIRMED') },
    { type: 'room_assigned', data: { ...by('CONFIRMED'), roomNumber: '101' } },
    { type: 'room_assigned', data: { ...by('CONFIRMED'), roomNumber: '102' } },
    { type: 'booking_status_changed', data: { ...by('IN_HOUSE'), roomNumber: '102' } },
    { type: 'booking_checked_in', data: { ...by('IN_HOUSE'), roomNumber: '102' } },
    { type: 'booking_status_changed', data: { ...by('COMPLETED'), roomNumber: '102' } },
    { type: 'booking_completed', data: { ...by('COMPLETED'), roomNumber: '102' } },
    { type: 'booking_checked_out', data: { ...by('COMPLETED'), roomNumber: '102' } },
  ]);
  expect(rows.map(({ seq }) => seq)).toEqual(upTo(rows.length));
  for (const { data } of rows.filter(({ type }) => type === 'availability_changed')) {
    expect(['from', 'roomType', 'to']).toEqual(expect.arrayContaining(Object.keys(data)));
  }
});

test('a repeat with the same Idempotency-Key tells nothing twice', async () => {
  const desk = await openDesk(t);
  const headers = { 'idempotency-key': crypto.randomUUID() };
  for (let time = 0; time < 3; time += 1) {
    await t.call('POST', `${desk.hotel.path}/bookings`, { body: bodyOf(30), headers });
  }
  expect(await typesOf(desk.hotel.propertyId)).toEqual([
    ...['availability_changed', 'booking_created', 'availability_changed'],
  ]);
});

test('eight sequencers at once over forty properties, whose writers commit late or never: no gap, nothing twice, nothing lost', async () => {
  const { seed, upTo: pick } = seededRandom();
  const all = await Promise.all(Array.from({ length: 40 }, openPlace));
  const committed = new Map<string, number>(all.map((place) => [place, 0]));
  const pool = new pg.Pool({ connectionString: t.database.url, max: 12 });
  let isOver = false;
  const sequencers = Array.from({ length: 8 }, async () => {
    while (!isOver) await numberEvents(t.ctx);
  });
  const writers = Array.from({ length: 12 }, async () => {
    for (let round = 0; round < 60; round += 1) {
      const place = all[pick(all.length)] ?? '';
      const count = 1 + pick(5);
      const commits = pick(4) > 0;
      const client = await pool.connect();
      await client.query('BEGIN');
      for (let event = 0; event < count; event += 1) {
        await client.query(
          `INSERT INTO outbox_messages (property_id, type, data) VALUES ($1, 'booking_updated', '{}')`,
          [place],
        );
        // Others take their numbers from the sequence, and commit, in between.
        await client.query(`SELECT pg_sleep(${String(pick(4) / 1_000)})`);
      }
      await client.query(commits ? 'COMMIT' : 'ROLLBACK');
      client.release();
      if (commits) committed.set(place, (committed.get(place) ?? 0) + count);
    }
  });
  await Promise.all(writers);
  isOver = true;
  await Promise.all(sequencers);
  await numberAll(t.ctx);
  await pool.end();
  for (const [place, count] of committed) expect(await seqsOf(place), `seed ${String(seed)}`).toEqual(upTo(count));
  expect(await findViolations(t.ctx)).toEqual([]);
});

test('a property that somebody else numbers is left to them, and the others go on', async () => {
  const [held, free] = [await openPlace(), await openPlace()];
  await tell(held);
  await tell(free);
  const other = new pg.Client({ connectionString: t.database.url });
  await other.connect();
  await other.query('BEGIN');
  await other.query('SELECT 1 FROM feeds WHERE property_id = $1 FOR UPDATE', [held]);
  expect(await numberEvents(t.ctx)).toBe(1);
  expect([await seqsOf(held), await seqsOf(free)]).toEqual([[null], [1]]);
  await other.query('COMMIT');
  await other.end();
  expect(await numberEvents(t.ctx)).toBe(1);
  expect(await seqsOf(held)).toEqual([1]);
});
