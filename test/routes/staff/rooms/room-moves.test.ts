import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { findViolations } from '../../../support/database/invariants.ts';
import { startTestApp } from '../../../support/server/app.ts';
import type { TestApp } from '../../../support/server/app.ts';
import { daysAhead, stayBody } from '../../../support/hotel/build.ts';
import { travelToNoon } from '../../../support/database/clock.ts';
import { nightOf, openDesk } from '../../../support/hotel/desk.ts';
import type { Desk } from '../../../support/hotel/desk.ts';

let t: TestApp;

beforeAll(async () => {
  t = await startTestApp();
  await travelToNoon(t.database, daysAhead(0));
});
afterEach(async () => {
  await travelToNoon(t.database, daysAhead(0));
  expect(await findViolations(t.ctx)).toEqual([]);
});
afterAll(() => t.close());

const nights = (from: number, to: number) => ({ checkIn: daysAhead(from), checkOut: daysAhead(to) });

async function stayIn(desk: Desk, room: string, from: number, to: number): Promise<string> {
  const code = await desk.confirm(nights(from, to));
  expect((await desk.act(code, 'assign-room', { room })).status).toBe(200);
  return code;
}

const statusOf = async (desk: Desk, number: string) => {
  const { body } = await desk.call('GET', '/rooms');
  return (body.items as { number: string; housekeepingStatus: string }[]).find((room) => room.number === number)
    ?.housekeepingStatus;
};

test('an early check-in takes the nights before, so tonight is not sold twice', async () => {
  const desk = await openDesk(t, { rooms: 2 });
  const early = await stayIn(desk, '101', 2, 4);
  expect(await desk.act(early, 'check-in', { early: true })).toMatchObject({
    status: 200,
    body: { status: 'IN_HOUSE', stay: { checkIn: daysAhead(0), nights: 4 } },
  });
  expect(await nightOf(desk, daysAhead(0))).toMatchObject({ reserved: 1 });
  expect(await nightOf(desk, daysAhead(1))).toMatchObject({ reserved: 1 });
});

test('an early check-in is refused where the nights before are sold, and changes nothing', async () => {
  const desk = await openDesk(t, { rooms: 2 });
  await desk.confirm(nights(0, 1));
  await desk.confirm(nights(0, 1));
  const early = await stayIn(desk, '101', 1, 3);
  expect(await desk.act(early, 'check-in', { early: true })).toMatchObject({ status: 409, body: { code: 'sold_out' } });
  expect(await nightOf(desk, daysAhead(0))).toMatchObject({ reserved: 2 });
});

test('an early check-in is refused where somebody else has the room before', async () => {
  const desk = await openDesk(t, { rooms: 2 });
  await stayIn(desk, '101', 0, 1);
  const early = await stayIn(desk, '101', 1, 3);
  expect(await desk.act(early, 'check-in', { early: true })).toMatchObject({
    status: 409,
    body: { code: 'room_taken' },
  });
  expect(await nightOf(desk, daysAhead(0))).toMatchObject({ reserved: 1 });
});

test('an early check-in into a room that is out of order before the stay needs a reason', async () => {
  const desk = await openDesk(t, { rooms: 2 });
  const early = await stayIn(desk, '101', 3, 5);
  const block = { housekeepingStatus: 'OUT_OF_ORDER', from: daysAhead(1), to: daysAhead(3) };
  expect((await desk.call('PATCH', '/rooms/101', { body: block })).status).toBe(200);
  expect(await desk.act(early, 'check-in', { early: true })).toMatchObject({
    status: 409,
    body: { code: 'room_not_ready', housekeepingStatus: 'OUT_OF_ORDER' },
  });
  const override = 'The plumber comes next week';
  expect((await desk.act(early, 'check-in', { early: true, override })).status).toBe(200);
});

test('a guest who moves leaves a dirty room behind, and moves only into one that is ready', async () => {
  const desk = await openDesk(t, { rooms: 3 });
  const code = await stayIn(desk, '101', 0, 2);
  await desk.act(code, 'check-in');
  await desk.call('PATCH', '/rooms/102', { body: { housekeepingStatus: 'DIRTY' } });
  expect(await desk.act(code, 'assign-room', { room: '102' })).toMatchObject({
    status: 409,
    body: { code: 'room_not_ready' },
  });
  expect(await desk.act(code, 'assign-room', { room: '103' })).toMatchObject({
    status: 200,
    body: { stay: { room: '103' } },
  });
  expect(await statusOf(desk, '101')).toBe('DIRTY');
});

test('a guest can not be moved on the day of departure without staying longer', async () => {
  const desk = await openDesk(t, { rooms: 3 });
  const code = await stayIn(desk, '101', 0, 1);
  await desk.act(code, 'check-in');
  await travelToNoon(t.database, daysAhead(1));
  expect(await desk.act(code, 'assign-room', { room: '102' })).toMatchObject({
    status: 422,
    body: { code: 'past_time' },
  });
});

test('a guest is moved as often as it takes on one day, and leaves from the last room', async () => {
  const desk = await openDesk(t, { rooms: 3 });
  const code = await stayIn(desk, '101', 0, 5);
  await desk.act(code, 'check-in');
  await travelToNoon(t.database, daysAhead(2));
  for (const room of ['102', '103']) {
    expect(await desk.act(code, 'assign-room', { room })).toMatchObject({ status: 200, body: { stay: { room } } });
  }
  const kept = await t.database.sql(
    `SELECT r.number, a.from_on::text AS since, a.to_on::text AS until, a.released_at IS NULL AS has
     FROM room_assignments a JOIN rooms r ON r.id = a.room_id JOIN bookings b ON b.id = a.booking_id
     WHERE b.code = $1 ORDER BY r.number`,
    [code],
  );
  expect(kept).toEqual([
    { number: '101', since: daysAhead(0), until: daysAhead(2), has: false },
    { number: '102', since: daysAhead(2), until: daysAhead(5), has: false },
    { number: '103', since: daysAhead(2), until: daysAhead(5), has: true },
  ]);
  expect((await desk.act(code, 'check-out', { waiveBalance: 'a test' })).status).toBe(200);
  expect(await statusOf(desk, '103')).toBe('DIRTY');
});

test('a guest who comes a day late is given the room that somebody left this morning', async () => {
  const desk = await openDesk(t, { rooms: 2 });
  const leaving = await stayIn(desk, '101', 0, 2);
  await desk.act(leaving, 'check-in');
  const late = await desk.confirm(nights(1, 4));
  await travelToNoon(t.database, daysAhead(2));
  await desk.act(leaving, 'check-out', { waiveBalance: 'a test' });
  expect(await desk.act(late, 'assign-room', { room: '101' })).toMatchObject({
    status: 200,
    body: { stay: { room: '101' } },
  });
  expect((await desk.act(late, 'unassign-room')).status).toBe(200);
  await desk.act(late, 'assign-room', { room: '101' });
  expect((await desk.act(late, 'check-in', { override: 'a test' })).status).toBe(200);
});

test('a guest who never came is given no room once the stay is over', async () => {
  const desk = await openDesk(t);
  const code = await desk.confirm(nights(0, 1));
  await travelToNoon(t.database, daysAhead(1));
  expect(await desk.act(code, 'assign-room', { room: '101' })).toMatchObject({ body: { code: 'past_time' } });
});

test('cancelling a guest in the house leaves a dirty room', async () => {
  const desk = await openDesk(t);
  const code = await stayIn(desk, '101', 0, 2);
  await desk.act(code, 'check-in');
  expect((await desk.act(code, 'cancel')).status).toBe(200);
  expect(await statusOf(desk, '101')).toBe('DIRTY');
});

test('a room blocked later on can be lived in today, stays blocked after check-out, and is not assigned then', async () => {
  const desk = await openDesk(t, { rooms: 1 });
  const block = { housekeepingStatus: 'OUT_OF_ORDER', from: daysAhead(40), to: daysAhead(42) };
  await desk.call('PATCH', '/rooms/101', { body: block });
  const code = await stayIn(desk, '101', 0, 1);
  expect((await desk.act(code, 'check-in')).status).toBe(200);
  expect((await desk.act(code, 'check-out', { waiveBalance: 'a test' })).status).toBe(200);
  expect(await nightOf(desk, daysAhead(40))).toMatchObject({ available: 0, outOfOrder: 1 });
  expect((await t.call('POST', `${desk.hotel.path}/bookings`, { body: stayBody(nights(40, 41)) })).body.code).toBe(
    'sold_out',
  );
});

test('nights beyond the horizon are made with the rooms there are, when they are priced', async () => {
  const desk = await openDesk(t, { rooms: 3 });
  await desk.call('PATCH', '/rooms/103', {
    body: { housekeepingStatus: 'OUT_OF_ORDER', from: daysAhead(500), to: daysAhead(502) },
  });
  const change = { roomType: 'ROOM', from: daysAhead(499), to: daysAhead(503), price: 20_000 };
  expect(await desk.call('PUT', '/inventory', { body: change })).toMatchObject({ status: 200, body: { nights: 4 } });
  expect(await nightOf(desk, daysAhead(499))).toMatchObject({ total: 3, outOfOrder: 0, price: 20_000 });
  expect(await nightOf(desk, daysAhead(500))).toMatchObject({ total: 3, outOfOrder: 1, available: 2 });
  expect((await desk.call('PATCH', '/rooms/103', { body: { housekeepingStatus: 'CLEAN', lift: true } })).status).toBe(
    200,
  );
  expect(await nightOf(desk, daysAhead(500))).toMatchObject({ outOfOrder: 0 });
});

test('a longer booking window is on sale at once', async () => {
  const desk = await openDesk(t);
  expect((await desk.call('PATCH', '', { body: { bookingWindowDays: 700 } })).status).toBe(200);
  const search = await t.call(
    'GET',
    `${desk.hotel.path}/availability?checkIn=${daysAhead(650)}&checkOut=${daysAhead(651)}`,
  );
  expect(search.body.roomTypes[0]).toMatchObject({ bookable: true, available: 2 });
});
