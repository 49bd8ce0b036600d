import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startTestApp } from '../../support/server/app.ts';
import type { TestApp } from '../../support/server/app.ts';
import { buildHotel, daysAhead, stayBody } from '../../support/hotel/build.ts';
import type { TestHotel } from '../../support/hotel/build.ts';
import { openDesk } from '../../support/hotel/desk.ts';
import { invalid, refusal } from '../../support/http/problems.ts';

let t: TestApp;

beforeAll(async () => {
  t = await startTestApp();
});
afterEach(() => t.database.travel('0 minutes'));
afterAll(() => t.close());

const search = (hotel: TestHotel, query = '') =>
  t.call('GET', `${hotel.path}/availability?checkIn=${daysAhead(30)}&checkOut=${daysAhead(32)}${query}`);

test('a search answers each night, the price and what is left', async () => {
  const hotel = await buildHotel(t.ctx, { rooms: 3 });
  expect(await search(hotel)).toMatchObject({
    status: 200,
    body: {
      checkIn: daysAhead(30),
      checkOut: daysAhead(32),
      nights: 2,
      roomTypes: [
        {
          code: 'ROOM',
          name: 'Room',
          maxOccupancy: 4,
          available: 3,
          bookable: true,
          minStay: 1,
          nightly: [
            { date: daysAhead(30), amount: 10_000 },
            { date: daysAhead(31), amount: 10_000 },
          ],
          baseAmount: 20_000,
          totalPayable: 20_000,
          currency: 'EUR',
        },
      ],
    },
  });
  expect((await search(hotel)).body.roomTypes[0]).not.toHaveProperty('reason');
});

test.each([
  ['SOLD_OUT', { rooms: 0 }],
  ['MIN_STAY', { roomType: { minStay: 3 } }],
  ['OCCUPANCY', { roomType: { maxOccupancy: 1, baseOccupancy: 1 } }],
  ['BEYOND_WINDOW', { property: { bookingWindowDays: 7 } }],
  ['NOTICE', { property: { minNoticeMinutes: 43_200 + 1_440 } }],
] as const)('a room type that can not be booked is listed with its reason: %s', async (reason, options) => {
  const hotel = await buildHotel(t.ctx, options);
  expect((await search(hotel)).body.roomTypes).toMatchObject([{ code: 'ROOM', bookable: false, reason }]);
});

test('a night that staff closed is listed as CLOSED', async () => {
  const desk = await openDesk(t);
  await desk.call('PUT', '/inventory', {
    body: { roomType: 'ROOM', from: daysAhead(31), to: daysAhead(32), closed: true },
  });
  expect((await search(desk.hotel)).body.roomTypes).toMatchObject([{ bookable: false, reason: 'CLOSED' }]);
});

test('a hold past its deadline does not count as taken, though no job has run', async () => {
  const desk = await openDesk(t, { rooms: 1 });
  await desk.book();
  expect((await search(desk.hotel)).body.roomTypes).toMatchObject([{ available: 0, reason: 'SOLD_OUT' }]);
  await t.database.travel('11 minutes');
  expect((await search(desk.hotel)).body.roomTypes).toMatchObject([{ available: 1, bookable: true }]);
});

test('an arrival in the past is 422 past_time', async () => {
  const hotel = await buildHotel(t.ctx);
  const path = `${hotel.path}/availability?checkIn=${daysAhead(-3)}&checkOut=${daysAhead(-1)}`;
  expect(await t.call('GET', path)).toMatchObject(refusal('past_time'));
});

test('a promo code that can not be used is 422 promo_invalid', async () => {
  const hotel = await buildHotel(t.ctx);
  expect(await search(hotel, '&promoCode=NOSUCH')).toMatchObject(refusal('promo_invalid'));
});

test('a search at a property that does not exist is 404', async () => {
  const hotel = { ...(await buildHotel(t.ctx)), path: '/v1/public/properties/nowhere' };
  expect(await search(hotel)).toMatchObject(refusal('not_found'));
});

test.each([
  ['adults=0', 'adults'],
  ['adults=11', 'adults'],
  ['adults=two', 'adults'],
  ['children=-1', 'children'],
  ['children=9', 'children'],
  ['children=1.5', 'children'],
  ['colour=blue', 'colour'],
])('a search with %s is 400 with its path', async (query, path) => {
  const hotel = await buildHotel(t.ctx);
  expect(await search(hotel, `&${query}`)).toMatchObject(invalid(path));
});

test.each([
  ['2027-02-30', '2027-03-02', 'checkIn'],
  ['2027-03-02', '2027-03-02', 'checkOut'],
  ['2027-03-02', '2027-03-01', 'checkOut'],
  ['tomorrow', '2027-03-02', 'checkIn'],
])('nights from %s to %s are 400 at %s', async (from, to, path) => {
  const hotel = await buildHotel(t.ctx);
  const answer = await t.call('GET', `${hotel.path}/availability?checkIn=${from}&checkOut=${to}`);
  expect(answer).toMatchObject(invalid(path));
});

test('a stay of 90 nights can be searched, one of 91 is too long', async () => {
  const hotel = await buildHotel(t.ctx);
  const path = `${hotel.path}/availability?checkIn=${daysAhead(1)}&checkOut=`;
  expect(await t.call('GET', path + daysAhead(91))).toMatchObject({ status: 200, body: { nights: 90 } });
  expect(await t.call('GET', path + daysAhead(92))).toMatchObject(invalid('checkOut'));
});

test('a batch looks at each stay by itself, in order', async () => {
  const hotel = await buildHotel(t.ctx);
  const stay = { roomType: 'ROOM', checkIn: daysAhead(30), checkOut: daysAhead(31) };
  const items = [
    stay,
    { ...stay, roomType: 'NOSUCH' },
    { ...stay, checkIn: daysAhead(-2), checkOut: daysAhead(-1) },
    { ...stay, adults: 9 },
  ];
  expect(await t.call('POST', `${hotel.path}/availability/batch`, { body: { items } })).toMatchObject({
    status: 200,
    body: {
      items: [
        { available: 2, bookable: true, reason: null, totalPayable: 10_000, currency: 'EUR' },
        { available: 0, bookable: false, reason: 'UNKNOWN', totalPayable: null, currency: null },
        { available: 0, bookable: false, reason: 'PAST', totalPayable: null, currency: null },
        { bookable: false, reason: 'OCCUPANCY' },
      ],
    },
  });
});

test('a batch takes 50 stays and refuses 51', async () => {
  const hotel = await buildHotel(t.ctx);
  const stay = { roomType: 'ROOM', checkIn: daysAhead(30), checkOut: daysAhead(31) };
  const batch = (length: number) =>
    t.call('POST', `${hotel.path}/availability/batch`, { body: { items: Array.from({ length }, () => stay) } });
  expect((await batch(50)).body.items).toHaveLength(50);
  expect(await batch(51)).toMatchObject(invalid('items'));
  expect(await batch(0)).toMatchObject(invalid('items'));
});

test('a batch at a property that does not exist is 404', async () => {
  const { guest: _, ...stay } = stayBody();
  const path = '/v1/public/properties/nowhere/availability/batch';
  expect(await t.call('POST', path, { body: { items: [stay] } })).toMatchObject(refusal('not_found'));
});
