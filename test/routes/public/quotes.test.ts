import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp } from '../../support/server/app.ts';
import type { TestApp } from '../../support/server/app.ts';
import { daysAhead, stayBody } from '../../support/hotel/build.ts';
import { nightOf, openDesk } from '../../support/hotel/desk.ts';
import type { Desk } from '../../support/hotel/desk.ts';
import { invalid, refusal } from '../../support/http/problems.ts';
import { dumpTables } from '../../support/database/tables.ts';

let t: TestApp;
let desk: Desk;

beforeAll(async () => {
  t = await startTestApp();
  desk = await openDesk(t, { rooms: 1 });
});
afterAll(() => t.close());

const { guest: _, ...stay } = stayBody();
const quote = (overrides: Record<string, unknown> = {}, path = desk.hotel.path) =>
  t.call('POST', `${path}/quotes`, { body: { ...stay, ...overrides } });
const bookedDates = (from: string, to: string, roomType = 'ROOM') =>
  t.call('GET', `${desk.hotel.path}/booked-dates?roomType=${roomType}&from=${from}&to=${to}`);

test('a quote is the price the booking then has', async () => {
  const wish = { checkIn: daysAhead(40), checkOut: daysAhead(43), adults: 3, children: 1 };
  const quoted = await quote(wish);
  expect(quoted).toMatchObject({ status: 200, body: { bookable: true, reason: null, available: 1 } });
  const { booking } = await desk.book(wish);
  expect(booking.price).toEqual(quoted.body.price);
});

test('a quote writes nothing and takes nothing', async () => {
  const before = await dumpTables(t.database);
  await quote();
  expect(await dumpTables(t.database)).toEqual(before);
});

test('a quote says why a stay could not be booked', async () => {
  await desk.book({ checkIn: daysAhead(50), checkOut: daysAhead(51) });
  const answer = await quote({ checkIn: daysAhead(50), checkOut: daysAhead(51) });
  expect(answer).toMatchObject({ status: 200, body: { bookable: false, reason: 'SOLD_OUT', available: 0 } });
});

test('a quote is refused for the past, a promo code, and what does not exist', async () => {
  const past = { checkIn: daysAhead(-3), checkOut: daysAhead(-2) };
  expect(await quote(past)).toMatchObject(refusal('past_time'));
  expect(await quote({ promoCode: 'NOSUCH' })).toMatchObject(refusal('promo_invalid'));
  expect(await quote({ roomType: 'NOSUCH' })).toMatchObject(refusal('not_found'));
  expect(await quote({}, '/v1/public/properties/nowhere')).toMatchObject(refusal('not_found'));
});

test.each([
  [{ adults: '2' }, 'adults'],
  [{ children: 99 }, 'children'],
  [{ checkOut: '2027-13-01' }, 'checkOut'],
  [{ roomType: 'lower case' }, 'roomType'],
  [{ kind: 'TABLE' }, 'kind'],
  [{ guest: {} }, 'guest'],
])('a quote with %j is 400 at its path', async (overrides, path) => {
  expect(await quote(overrides)).toMatchObject(invalid(path));
});

test('a quote takes JSON, and not too much of it', async () => {
  const send = (type: string, body: string) =>
    t.call('POST', `${desk.hotel.path}/quotes`, { headers: { 'content-type': type }, body });
  expect(await send('application/xml', '<stay/>')).toMatchObject(refusal('unsupported_media_type'));
  const large = JSON.stringify({ ...stay, padding: 'x'.repeat(300_000) });
  expect(await send('application/json', large)).toMatchObject(refusal('payload_too_large'));
});

test('booked dates are the nights that are sold out or closed, both ends included', async () => {
  await desk.confirm({ checkIn: daysAhead(60), checkOut: daysAhead(62) });
  const closed = { roomType: 'ROOM', from: daysAhead(64), to: daysAhead(65), closed: true };
  await desk.call('PUT', '/inventory', { body: closed });
  expect(await bookedDates(daysAhead(60), daysAhead(64))).toMatchObject({
    status: 200,
    body: { dates: [daysAhead(60), daysAhead(61), daysAhead(64)] },
  });
  expect(await nightOf(desk, daysAhead(60))).toMatchObject({ available: 0, reserved: 1 });
});

test('booked dates are empty where every night can be had', async () => {
  expect((await bookedDates(daysAhead(70), daysAhead(75))).body).toEqual({ dates: [] });
});

test('nights that have passed count as booked', async () => {
  expect((await bookedDates(daysAhead(-3), daysAhead(-3))).body).toEqual({ dates: [daysAhead(-3)] });
});

test('booked dates of an unknown room type are 404', async () => {
  expect(await bookedDates(daysAhead(1), daysAhead(2), 'NOSUCH')).toMatchObject(refusal('not_found'));
});

test('booked dates are asked for a year at most, forwards', async () => {
  expect(await bookedDates(daysAhead(2), daysAhead(1))).toMatchObject(invalid('to'));
  expect(await bookedDates(daysAhead(0), daysAhead(371))).toMatchObject(invalid('to'));
  expect(await bookedDates('2027-02-29', '2027-03-01')).toMatchObject(invalid('from'));
});
