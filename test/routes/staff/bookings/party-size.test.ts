import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startTestApp } from '../../../support/server/app.ts';
import type { TestApp } from '../../../support/server/app.ts';
import { daysAhead, stayBody } from '../../../support/hotel/build.ts';
import { openDesk } from '../../../support/hotel/desk.ts';
import type { Desk } from '../../../support/hotel/desk.ts';
import { NOW, staffSpa } from '../../../support/spa/build-spa.ts';
import { travelTo } from '../../../support/database/clock.ts';
import { invalid } from '../../../support/http/problems.ts';

// The people named are the people counted: a room for three must not hold six at the price of one.

let t: TestApp;
let desk: Desk;

beforeAll(async () => {
  t = await startTestApp();
});
beforeEach(async () => {
  desk = await openDesk(t, { roomType: { maxOccupancy: 3, baseOccupancy: 1, extraAdultCharge: 2_000 } });
});
afterAll(() => t.close());

const companion = (role: 'COMPANION' | 'CHILD', more: object = {}) => ({
  role,
  firstName: 'Ada',
  lastName: 'Byrne',
  ...more,
});
const five = Array.from({ length: 5 }, () => companion('COMPANION'));

test.each([
  ['adults', { adults: 1, party: five }],
  ['adults', { party: [companion('COMPANION'), companion('COMPANION')] }],
  ['children', { adults: 2, children: 1, party: [companion('CHILD'), companion('CHILD')] }],
])('a party that names more guests than %s says is 400 there, on the website and at the desk', async (path, party) => {
  const body = stayBody({ ...party });
  expect(await t.call('POST', `${desk.hotel.path}/bookings`, { body })).toMatchObject(invalid(path));
  expect(await desk.call('POST', '/bookings', { body: { ...body, payment: 'ON_SITE' } })).toMatchObject(invalid(path));
  const { guest: _, ...quote } = body;
  expect(await t.call('POST', `${desk.hotel.path}/quotes`, { body: quote })).toMatchObject(invalid(path));
});

test('HotelMate’s forms count the party too', async () => {
  const named = { first_name: 'Ada', last_name: 'Byrne' };
  const body = {
    room_type: 'ROOM',
    check_in: daysAhead(30),
    check_out: daysAhead(31),
    adults: 1,
    guest: { ...named, email: 'ada@example.com' },
    party: [named],
  };
  const path = `/api/public/hotel/${desk.hotel.slug}/bookings/`;
  expect(await t.call('POST', path, { body })).toMatchObject(invalid('adults'));
});

test('who is named but does not stay is not counted', async () => {
  const party = [companion('COMPANION', { isStaying: false }), companion('CHILD', { isStaying: false })];
  const { booking } = await desk.book({ adults: 1, party });
  expect(booking).toMatchObject({ price: { totalPayable: 10_000 }, stay: { adults: 1, children: 0 } });
});

test('who is counted fills the room and is paid for', async () => {
  const party = [companion('COMPANION'), companion('COMPANION')];
  const { booking } = await desk.book({ adults: 3, party });
  expect(booking.price.totalPayable).toBe(14_000);
  const four = stayBody({ adults: 4, party: [...party, companion('COMPANION')] });
  expect(await t.call('POST', `${desk.hotel.path}/bookings`, { body: four })).toMatchObject({
    status: 422,
    body: { code: 'occupancy_exceeded' },
  });
});

test('an appointment counts its party, and staff cannot count fewer than are named', async () => {
  await travelTo(t.database, NOW);
  const spa = await staffSpa(t, { services: { FACIAL: { maxAdults: 4, maxChildren: 4 } } });
  const party = [companion('COMPANION'), companion('CHILD')];
  expect(await spa.book({ adults: 1, children: 1, party })).toMatchObject(invalid('adults'));
  expect(await spa.book({ adults: 2, party })).toMatchObject(invalid('children'));
  const { code } = await spa.booked({ adults: 2, children: 1, party });
  expect(await spa.act(code, 'reschedule', { adults: 1 })).toMatchObject(invalid('adults'));
  expect(await spa.act(code, 'reschedule', { children: 0 })).toMatchObject(invalid('children'));
  expect(await spa.act(code, 'reschedule', { adults: 3 })).toMatchObject({
    status: 200,
    body: { appointment: { adults: 3, children: 1 } },
  });
});
