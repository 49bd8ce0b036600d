import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp } from '../../../support/server/app.ts';
import type { TestApp } from '../../../support/server/app.ts';
import { daysAhead } from '../../../support/hotel/build.ts';
import { hire, nightOf, openDesk } from '../../../support/hotel/desk.ts';
import type { Desk } from '../../../support/hotel/desk.ts';
import { invalid, refusal } from '../../../support/http/problems.ts';
import { dumpTables } from '../../../support/database/tables.ts';

let t: TestApp;
let desk: Desk;
const range = { from: daysAhead(10), to: daysAhead(12) };
const outOfOrder = { housekeepingStatus: 'OUT_OF_ORDER', ...range };

beforeAll(async () => {
  t = await startTestApp();
  desk = await openDesk(t);
});
afterAll(() => t.close());

const setRoom = (body: object, at = desk, number = '101') => at.call('PATCH', `/rooms/${number}`, { body });
const addRoom = (body: object, headers: Record<string, string> = {}) => desk.call('POST', '/rooms', { body, headers });

test('rooms are listed by number with their status', async () => {
  expect((await desk.call('GET', '/rooms')).body).toEqual({
    items: ['101', '102'].map((number) => {
      return { number, roomType: 'ROOM', floor: null, housekeepingStatus: 'CLEAN', outOfOrder: null };
    }),
    nextCursor: null,
  });
});

test('a hotel without rooms has an empty list', async () => {
  expect((await (await openDesk(t, { rooms: 0 })).call('GET', '/rooms')).body).toEqual({ items: [], nextCursor: null });
});

test('a new room makes one more to sell on every night', async () => {
  const [near, far] = [daysAhead(1), daysAhead(300)];
  const totals = async () => [(await nightOf(desk, near)).total, (await nightOf(desk, far)).total];
  const before = await totals();
  expect(await addRoom({ number: '501', roomType: 'ROOM', floor: 5 })).toMatchObject({
    status: 201,
    body: { number: '501', roomType: 'ROOM', floor: 5, housekeepingStatus: 'CLEAN', outOfOrder: null },
  });
  expect(await totals()).toEqual(before.map((total: number) => total + 1));
});

test('a number that is taken is 409 already_exists, and makes no more to sell', async () => {
  await addRoom({ number: '502', roomType: 'ROOM' });
  const before = await dumpTables(t.database);
  expect(await addRoom({ number: '502', roomType: 'ROOM' })).toMatchObject(refusal('already_exists'));
  expect(await dumpTables(t.database)).toEqual(before);
});

test('a room of a type that does not exist is 404', async () => {
  expect(await addRoom({ number: '503', roomType: 'NOSUCH' })).toMatchObject(refusal('not_found'));
});

test('a dry run of a new room writes nothing', async () => {
  const before = await dumpTables(t.database);
  await addRoom({ number: '504', roomType: 'ROOM' }, { prefer: 'dry-run' });
  expect(await dumpTables(t.database)).toEqual(before);
});

test.each([
  [{ roomType: 'ROOM' }, 'number'],
  [{ number: '505', roomType: 'a room' }, 'roomType'],
  [{ number: '505', roomType: 'ROOM', floor: 201 }, 'floor'],
  [{ number: '505', roomType: 'ROOM', isClean: true }, 'isClean'],
])('a new room of %j is 400 at %s', async (body, path) => {
  expect(await addRoom(body)).toMatchObject(invalid(path));
});

test.each(['DIRTY', 'INSPECTED', 'CLEAN'])('housekeeping sets a room %s', async (housekeepingStatus) => {
  const token = await hire(t, desk.hotel.propertyId, 'HOUSEKEEPING');
  const answer = await desk.call('PATCH', '/rooms/102', { token, body: { housekeepingStatus } });
  expect(answer).toMatchObject({ status: 200, body: { number: '102', housekeepingStatus, outOfOrder: null } });
});

test('a room out of order is not sold on those nights, and sold again once it is back', async () => {
  const hotel = await openDesk(t);
  expect(await setRoom(outOfOrder, hotel)).toMatchObject({
    status: 200,
    body: { housekeepingStatus: 'OUT_OF_ORDER', outOfOrder: range },
  });
  for (const [day, available] of [
    [9, 2],
    [10, 1],
    [11, 1],
    [12, 2],
  ] as const) {
    expect(await nightOf(hotel, daysAhead(day))).toMatchObject({ available, outOfOrder: 2 - available });
  }
  // Cleaning it meanwhile changes nothing about days that are still to come; lifting the block does.
  expect(await setRoom({ housekeepingStatus: 'CLEAN' }, hotel)).toMatchObject({ body: { outOfOrder: range } });
  expect(await nightOf(hotel, range.from)).toMatchObject({ available: 1, outOfOrder: 1 });
  expect(await setRoom({ housekeepingStatus: 'CLEAN', lift: true }, hotel)).toMatchObject({
    body: { outOfOrder: null },
  });
  expect(await nightOf(hotel, range.from)).toMatchObject({ available: 2, outOfOrder: 0 });
});

test('a room that is blocked today is back when it is cleaned', async () => {
  const hotel = await openDesk(t);
  await setRoom({ housekeepingStatus: 'OUT_OF_ORDER', from: daysAhead(-1), to: daysAhead(3) }, hotel);
  expect(await nightOf(hotel, daysAhead(1))).toMatchObject({ outOfOrder: 1 });
  expect(await setRoom({ housekeepingStatus: 'CLEAN' }, hotel)).toMatchObject({ body: { outOfOrder: null } });
  expect(await nightOf(hotel, daysAhead(1))).toMatchObject({ outOfOrder: 0 });
});

test('moving the days of a room out of order gives the old ones back', async () => {
  const hotel = await openDesk(t);
  await setRoom(outOfOrder, hotel);
  await setRoom({ ...outOfOrder, from: daysAhead(11), to: daysAhead(14) }, hotel);
  expect(await nightOf(hotel, daysAhead(10))).toMatchObject({ outOfOrder: 0 });
  expect(await nightOf(hotel, daysAhead(11))).toMatchObject({ outOfOrder: 1 });
  expect(await nightOf(hotel, daysAhead(13))).toMatchObject({ outOfOrder: 1 });
});

test('a room somebody was given can not go out of order then', async () => {
  const hotel = await openDesk(t);
  const code = await hotel.confirm({ checkIn: daysAhead(11), checkOut: daysAhead(13) });
  await hotel.act(code, 'assign-room', { room: '101' });
  expect(await setRoom(outOfOrder, hotel)).toMatchObject(
    refusal('room_taken', { detail: expect.stringContaining(code) }),
  );
  expect((await setRoom({ ...outOfOrder, to: daysAhead(11) }, hotel)).status).toBe(200);
});

test('a room can not go out of order on a night on which every room is sold', async () => {
  const hotel = await openDesk(t, { rooms: 1 });
  await hotel.confirm({ checkIn: daysAhead(11), checkOut: daysAhead(12) });
  expect(await setRoom(outOfOrder, hotel)).toMatchObject(refusal('inventory_in_use'));
  expect(await nightOf(hotel, daysAhead(10))).toMatchObject({ outOfOrder: 0 });
});

test('a room whose days out of order have passed is not sold twice for it', async () => {
  const hotel = await openDesk(t, { rooms: 1 });
  await setRoom({ ...outOfOrder, from: daysAhead(1), to: daysAhead(2) }, hotel);
  const code = await hotel.confirm({ checkIn: daysAhead(5), checkOut: daysAhead(6) });
  expect((await hotel.act(code, 'assign-room', { room: '101' })).status).toBe(200);
});

test.each([
  [{ housekeepingStatus: 'SPARKLING' }, 'housekeepingStatus'],
  [{ housekeepingStatus: 'OUT_OF_ORDER' }, 'from'],
  [{ housekeepingStatus: 'OUT_OF_ORDER', from: daysAhead(1) }, 'from'],
  [{ housekeepingStatus: 'CLEAN', ...range }, 'from'],
  [{ ...outOfOrder, to: range.from }, 'to'],
  [{ ...outOfOrder, to: daysAhead(411) }, 'to'],
  [{ ...outOfOrder, lift: true }, 'lift'],
  [{ housekeepingStatus: 'CLEAN', number: '999' }, 'number'],
])('a room is not set to %j: 400 at %s', async (body, path) => {
  expect(await setRoom(body)).toMatchObject(invalid(path));
});

test('a room that does not exist, or is another property’s, is 404', async () => {
  expect(await setRoom({ housekeepingStatus: 'DIRTY' }, desk, '999')).toMatchObject(refusal('not_found'));
  const other = await openDesk(t, { rooms: 3 });
  expect(await setRoom({ housekeepingStatus: 'DIRTY' }, desk, '103')).toMatchObject(refusal('not_found'));
  expect((await setRoom({ housekeepingStatus: 'DIRTY' }, other, '103')).status).toBe(200);
});

test('a room’s path means the same with a trailing slash', async () => {
  const answer = await desk.call('PATCH', '/rooms/102/', { body: { housekeepingStatus: 'CLEAN' } });
  expect(answer.status).toBe(200);
});
