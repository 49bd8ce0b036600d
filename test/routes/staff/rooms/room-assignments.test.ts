import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startTestApp } from '../../../support/server/app.ts';
import type { TestApp } from '../../../support/server/app.ts';
import { daysAhead } from '../../../support/hotel/build.ts';
import { travelToNoon } from '../../../support/database/clock.ts';
import { openDesk } from '../../../support/hotel/desk.ts';
import type { Desk } from '../../../support/hotel/desk.ts';
import { refusal } from '../../../support/http/problems.ts';
import { dumpTables } from '../../../support/database/tables.ts';

let t: TestApp;
const FIRST = 10;
const nights = { checkIn: daysAhead(FIRST), checkOut: daysAhead(FIRST + 3) };

beforeAll(async () => {
  t = await startTestApp();
});
afterEach(() => t.database.travel('0 minutes'));
afterAll(() => t.close());

async function openWithGuest(rooms = 2): Promise<{ desk: Desk; code: string }> {
  const desk = await openDesk(t, { rooms });
  return { desk, code: await desk.confirm(nights) };
}
const assign = (desk: Desk, code: string, room: string, assignmentVersion?: number) =>
  desk.act(code, 'assign-room', { room, ...(assignmentVersion !== undefined && { assignmentVersion }) });
const assignable = async (desk: Desk, code: string): Promise<string[]> => {
  const { body } = await desk.call('GET', `/bookings/${code}/assignable-rooms`);
  return body.items.map(({ number }: { number: string }) => number);
};

test('a stay is given a room, and it says since when and by whom', async () => {
  const { desk, code } = await openWithGuest();
  expect(await assign(desk, code, '102', 0)).toMatchObject({
    status: 200,
    headers: { etag: '"2"' },
    body: {
      stay: { room: '102' },
      version: 2,
      assignmentVersion: 1,
      roomAssignedAt: expect.any(String),
      roomAssignedBy: expect.any(String),
    },
  });
});

test('a room that another stay has on one of the nights is 409 room_taken', async () => {
  const { desk, code } = await openWithGuest();
  const other = await desk.confirm({ checkIn: daysAhead(FIRST + 2), checkOut: daysAhead(FIRST + 4) });
  await assign(desk, code, '101');
  expect(await assign(desk, other, '101')).toMatchObject(refusal('room_taken'));
  expect((await assign(desk, other, '102')).status).toBe(200);
});

test('a room is free for the next guest on the day the last one leaves', async () => {
  const { desk, code } = await openWithGuest();
  const next = await desk.confirm({ checkIn: nights.checkOut, checkOut: daysAhead(FIRST + 4) });
  await assign(desk, code, '101');
  expect((await assign(desk, next, '101')).status).toBe(200);
});

test('of two who saw the same assignment, the second is 412', async () => {
  const { desk, code } = await openWithGuest();
  await assign(desk, code, '101', 0);
  expect(await assign(desk, code, '102', 0)).toMatchObject(refusal('version_conflict', { assignmentVersion: 1 }));
  const stale = await desk.act(code, 'unassign-room', { assignmentVersion: 0 });
  expect(stale).toMatchObject(refusal('version_conflict', { assignmentVersion: 1 }));
});

test('the room a stay has already is given again without a change', async () => {
  const { desk, code } = await openWithGuest();
  const { body } = await assign(desk, code, '101');
  const before = await dumpTables(t.database);
  expect((await assign(desk, code, '101')).body).toEqual(body);
  expect(await dumpTables(t.database)).toEqual(before);
});

test('a room of another type is 422, one that does not exist 404', async () => {
  const { desk, code } = await openWithGuest();
  const suite = { code: 'SUITE', name: 'Suite', maxOccupancy: 2, baseOccupancy: 2, basePrice: 1 };
  await desk.call('POST', '/room-types', { body: suite });
  await desk.call('POST', '/rooms', { body: { number: '301', roomType: 'SUITE' } });
  expect(await assign(desk, code, '301')).toMatchObject(refusal('wrong_room_type'));
  expect(await assign(desk, code, '999')).toMatchObject(refusal('not_found'));
});

test('a room that is out of order on one of the nights is 409 room_not_ready', async () => {
  const { desk, code } = await openWithGuest();
  const range = { from: daysAhead(FIRST + 2), to: daysAhead(FIRST + 5) };
  await desk.call('PATCH', '/rooms/101', { body: { housekeepingStatus: 'OUT_OF_ORDER', ...range } });
  expect(await assign(desk, code, '101')).toMatchObject(refusal('room_not_ready'));
  expect(await assignable(desk, code)).toEqual(['102']);
});

test('assignable rooms are those that can then be assigned, clean ones first', async () => {
  const { desk, code } = await openWithGuest(4);
  const neighbour = await desk.confirm({ checkIn: daysAhead(FIRST + 2), checkOut: daysAhead(FIRST + 4) });
  await assign(desk, neighbour, '102');
  await desk.call('PATCH', '/rooms/101', { body: { housekeepingStatus: 'DIRTY' } });
  expect(await assignable(desk, code)).toEqual(['103', '104', '101']);
  for (const room of ['103', '104', '101']) expect((await assign(desk, code, room)).status).toBe(200);
});

test('a guest in the house is offered the rooms left this morning, and none in which somebody still is', async () => {
  const { desk, code } = await openWithGuest(4);
  const ends = { checkIn: nights.checkIn, checkOut: daysAhead(FIRST + 1) };
  const [leaving, staying] = [await desk.confirm(ends), await desk.confirm(ends)];
  const rooms = Object.entries({ 101: code, 102: leaving, 103: staying });
  for (const [room, guest] of rooms) await assign(desk, guest, room);
  const block = { housekeepingStatus: 'OUT_OF_ORDER', from: nights.checkIn, to: ends.checkOut };
  await desk.call('PATCH', '/rooms/104', { body: block });
  await travelToNoon(t.database, nights.checkIn);
  for (const [, guest] of rooms) await desk.act(guest, 'check-in');
  await travelToNoon(t.database, ends.checkOut);
  await desk.act(leaving, 'check-out', { waiveBalance: 'a test' });
  await desk.call('PATCH', '/rooms/102', { body: { housekeepingStatus: 'CLEAN' } });
  expect(await assignable(desk, code)).toEqual(['101', '102', '104']);
  expect(await assign(desk, code, '103')).toMatchObject(refusal('room_not_ready'));
  for (const room of ['102', '104']) expect((await assign(desk, code, room)).status).toBe(200);
  await travelToNoon(t.database, nights.checkOut);
  expect(await assignable(desk, code)).toEqual([]);
});

test('where every room is taken, none is assignable', async () => {
  const { desk, code } = await openWithGuest(2);
  const other = await desk.confirm(nights);
  await desk.call('PUT', '/inventory', {
    body: { roomType: 'ROOM', from: nights.checkIn, to: nights.checkOut, total: 3 },
  });
  const third = await desk.confirm(nights);
  await assign(desk, code, '101');
  await assign(desk, other, '102');
  expect(await assignable(desk, third)).toEqual([]);
});

test('a room is taken from a stay, and a second time changes nothing', async () => {
  const { desk, code } = await openWithGuest();
  await assign(desk, code, '101');
  const first = await desk.act(code, 'unassign-room');
  expect(first).toMatchObject({
    status: 200,
    body: { stay: { room: null }, assignmentVersion: 2, roomAssignedAt: null },
  });
  expect((await desk.act(code, 'unassign-room')).body).toEqual(first.body);
  expect(await assignable(desk, code)).toContain('101');
});

test('a hold and a booking that has ended are given no room', async () => {
  const { desk, code } = await openWithGuest(3);
  const { code: held } = await desk.book(nights);
  expect(await assign(desk, held, '101')).toMatchObject(refusal('invalid_transition'));
  await desk.act(code, 'cancel');
  expect(await assign(desk, code, '101')).toMatchObject(refusal('invalid_transition'));
  expect(await desk.act(code, 'unassign-room')).toMatchObject(refusal('invalid_transition'));
});

test('a cancelled stay leaves its room to others', async () => {
  const { desk, code } = await openWithGuest();
  const other = await desk.confirm(nights);
  await assign(desk, code, '101');
  await desk.act(code, 'cancel');
  expect((await assign(desk, other, '101')).status).toBe(200);
});

test('a guest in the house moves from today on, and history keeps both rooms', async () => {
  const { desk, code } = await openWithGuest(2);
  await assign(desk, code, '101');
  await travelToNoon(t.database, nights.checkIn);
  await desk.act(code, 'check-in');
  await travelToNoon(t.database, daysAhead(FIRST + 1));
  expect(await assign(desk, code, '102')).toMatchObject({ status: 200, body: { stay: { room: '102' } } });
  expect(await desk.act(code, 'unassign-room')).toMatchObject(refusal('room_required'));
  const { items } = (await desk.call('GET', `/bookings/${code}/history`)).body;
  expect(items.at(-1)).toMatchObject({ action: 'assign-room', changes: { room: ['101', '102'] } });
});

test('assignments of another property’s bookings are 404', async () => {
  const { desk } = await openWithGuest();
  const { code } = await openWithGuest();
  expect(await assign(desk, code, '101')).toMatchObject(refusal('not_found'));
  expect(await desk.call('GET', `/bookings/${code}/assignable-rooms`)).toMatchObject(refusal('not_found'));
});
