import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp } from '../../../support/server/app.ts';
import type { TestApp } from '../../../support/server/app.ts';
import { daysAhead, stayBody } from '../../../support/hotel/build.ts';
import { nightOf, openDesk } from '../../../support/hotel/desk.ts';
import type { Desk } from '../../../support/hotel/desk.ts';
import { invalid, refusal } from '../../../support/http/problems.ts';
import { dumpTables } from '../../../support/database/tables.ts';

let t: TestApp;
let desk: Desk;
const range = { roomType: 'ROOM', from: daysAhead(20), to: daysAhead(23) };

beforeAll(async () => {
  t = await startTestApp();
  desk = await openDesk(t);
});
afterAll(() => t.close());

const put = (body: object) => desk.call('PUT', '/inventory', { body });
const list = (query: string) => desk.call('GET', `/inventory?${query}`);

test('nights are listed with what applies, the end excluded', async () => {
  const { status, body } = await list(`from=${daysAhead(1)}&to=${daysAhead(3)}`);
  expect(status).toBe(200);
  expect(body.items).toEqual(
    [1, 2].map((day) => {
      const counts = { total: 2, outOfOrder: 0, reserved: 0, available: 2 };
      const restrictions = {
        minStay: 1,
        maxStay: null,
        closed: false,
        closedToArrival: false,
        closedToDeparture: false,
      };
      return { roomType: 'ROOM', date: daysAhead(day), ...counts, price: 10_000, ...restrictions };
    }),
  );
});

test('nights of a room type that does not exist are none', async () => {
  expect((await list(`from=${daysAhead(1)}&to=${daysAhead(3)}&roomType=NOSUCH`)).body).toEqual({ items: [] });
});

test('price, rooms, minimum stay and closure are set over nights, the end excluded', async () => {
  expect(await put({ ...range, price: 34_900, total: 5, minStay: 2, closed: false })).toMatchObject({
    status: 200,
    body: { nights: 3 },
  });
  expect(await nightOf(desk, daysAhead(22))).toMatchObject({ price: 34_900, total: 5, minStay: 2 });
  expect(await nightOf(desk, daysAhead(23))).toMatchObject({ price: 10_000, total: 2, minStay: 1 });
});

test('what is absent stays, and null goes back to the room type’s own', async () => {
  const night = { roomType: 'ROOM', from: daysAhead(25), to: daysAhead(26) };
  await put({ ...night, price: 1, minStay: 3 });
  await put({ ...night, minStay: null });
  expect(await nightOf(desk, night.from)).toMatchObject({ price: 1, minStay: 1 });
  await put({ ...night, price: null });
  expect(await nightOf(desk, night.from)).toMatchObject({ price: 10_000 });
});

test('a price of a night is what a booking then costs', async () => {
  await put({ roomType: 'ROOM', from: daysAhead(31), to: daysAhead(32), price: 12_345 });
  const { booking } = await desk.book({ checkIn: daysAhead(30), checkOut: daysAhead(33) });
  expect(booking.price.totalPayable).toBe(32_345);
});

test('fewer rooms than are booked is 409 inventory_in_use, and changes nothing', async () => {
  const hotel = await openDesk(t);
  for (let count = 0; count < 2; count += 1) await hotel.confirm();
  const before = await dumpTables(t.database);
  const body = { roomType: 'ROOM', from: daysAhead(29), to: daysAhead(32), total: 1 };
  expect(await hotel.call('PUT', '/inventory', { body })).toMatchObject(refusal('inventory_in_use'));
  expect(await dumpTables(t.database)).toEqual(before);
  expect((await hotel.call('PUT', '/inventory', { body: { ...body, total: 2 } })).status).toBe(200);
});

test('a list of ranges is set all or none', async () => {
  const good = { roomType: 'ROOM', from: daysAhead(40), to: daysAhead(42), price: 777 };
  expect(await put([good, { ...good, roomType: 'NOSUCH' }])).toMatchObject(refusal('not_found'));
  expect(await nightOf(desk, good.from)).toMatchObject({ price: 10_000 });
  expect(await put([good, { ...good, from: daysAhead(44), to: daysAhead(45) }])).toMatchObject({ body: { nights: 3 } });
  expect(await nightOf(desk, good.from)).toMatchObject({ price: 777 });
});

test('of two ranges that touch the same night, the later in the list counts', async () => {
  const night = { roomType: 'ROOM', from: daysAhead(46), to: daysAhead(47) };
  await put([
    { ...night, price: 1 },
    { ...night, price: 2 },
  ]);
  expect(await nightOf(desk, night.from)).toMatchObject({ price: 2 });
});

test('a closed night is not sold to anybody, and sold again once it is opened', async () => {
  const night = { roomType: 'ROOM', from: daysAhead(50), to: daysAhead(51) };
  const wish = stayBody({ checkIn: night.from, checkOut: night.to, payment: 'ON_SITE' });
  await put({ ...night, closed: true });
  expect(await desk.call('POST', '/bookings', { body: wish })).toMatchObject(refusal('closed'));
  await put({ ...night, closed: false });
  expect((await desk.call('POST', '/bookings', { body: wish })).status).toBe(201);
});

test.each([
  [{ ...range, price: -1 }, 'price'],
  [{ ...range, total: 10_001 }, 'total'],
  [{ ...range, minStay: 0 }, 'minStay'],
  [{ ...range, to: range.from }, 'to'],
  [{ ...range, to: daysAhead(421) }, 'to'],
  [{ ...range, reserved: 0 }, 'reserved'],
  [[range, { ...range, price: 'free' }], '1.price'],
])('inventory of %j is 400 at %s', async (body, path) => {
  expect(await put(body)).toMatchObject(invalid(path));
});

test.each([
  [`from=${daysAhead(3)}&to=${daysAhead(3)}`, 'to'],
  [`from=${daysAhead(3)}&to=${daysAhead(404)}`, 'to'],
  [`from=${daysAhead(3)}`, 'to'],
  [`from=${daysAhead(3)}&to=${daysAhead(4)}&roomType=a%20b`, 'roomType'],
])('a list of nights with %s is 400 at %s', async (query, path) => {
  expect(await list(query)).toMatchObject(invalid(path));
});
