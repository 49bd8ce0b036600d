import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp } from '../../../support/server/app.ts';
import type { TestApp } from '../../../support/server/app.ts';
import { daysAhead, stayBody } from '../../../support/hotel/build.ts';
import { openDesk } from '../../../support/hotel/desk.ts';
import type { Desk } from '../../../support/hotel/desk.ts';
import { invalid, refusal } from '../../../support/http/problems.ts';

let t: TestApp;
let desk: Desk;
const family = { code: 'FAMILY', name: 'Family room', maxOccupancy: 5, baseOccupancy: 3, basePrice: 21_900 };

beforeAll(async () => {
  t = await startTestApp();
  desk = await openDesk(t);
});
afterAll(() => t.close());

const add = (body: object, headers: Record<string, string> = {}) => desk.call('POST', '/room-types', { body, headers });
const change = (body: object, code = 'ROOM') => desk.call('PATCH', `/room-types/${code}`, { body });
const set = (body: object, headers: Record<string, string> = {}) => desk.call('PATCH', '', { body, headers });

test('a new room type can be sold once it has rooms', async () => {
  expect(await add(family)).toMatchObject({
    status: 201,
    body: { ...family, description: null, discountedPrice: null, extraAdultCharge: 0, isActive: true, currency: 'EUR' },
  });
  const wish = stayBody({ roomType: 'FAMILY' });
  expect(await t.call('POST', `${desk.hotel.path}/bookings`, { body: wish })).toMatchObject(refusal('sold_out'));
  await desk.call('POST', '/rooms', { body: { number: '401', roomType: 'FAMILY' } });
  expect((await t.call('POST', `${desk.hotel.path}/bookings`, { body: wish })).status).toBe(201);
});

test('a code that is taken is 409 already_exists', async () => {
  expect(await add({ ...family, code: 'ROOM' })).toMatchObject(refusal('already_exists'));
});

test('a repeat of adding a room type with the same key gets the first answer again', async () => {
  const headers = { 'idempotency-key': 'one-attic' };
  const first = await add({ ...family, code: 'ATTIC' }, headers);
  const second = await add({ ...family, code: 'ATTIC' }, headers);
  expect(second).toMatchObject({ status: 201, body: first.body, headers: { 'idempotent-replayed': 'true' } });
});

test('room types are listed with those no longer sold', async () => {
  const hotel = await openDesk(t);
  await hotel.call('PATCH', '/room-types/ROOM', { body: { isActive: false } });
  const { body } = await hotel.call('GET', '/room-types');
  expect(body.items).toMatchObject([{ code: 'ROOM', isActive: false, basePrice: 10_000, currency: 'EUR' }]);
});

test('a change of price is for new bookings; one made before keeps its own', async () => {
  const hotel = await openDesk(t);
  const { code } = await hotel.book();
  const changed = await hotel.call('PATCH', '/room-types/ROOM', {
    body: { basePrice: 20_000, discountedPrice: 15_000 },
  });
  expect(changed).toMatchObject({ status: 200, body: { basePrice: 20_000, discountedPrice: 15_000 } });
  expect((await hotel.book()).booking.price.totalPayable).toBe(15_000);
  expect((await hotel.call('GET', `/bookings/${code}`)).body.price.totalPayable).toBe(10_000);
});

test('a room type that does not exist, or is another property’s, is 404', async () => {
  const elsewhere = 'STANDARD';
  expect(await change({ basePrice: 1 }, 'NOSUCH')).toMatchObject(refusal('not_found'));
  expect(await change({ basePrice: 1 }, elsewhere)).toMatchObject(refusal('not_found'));
});

test.each([
  [{ ...family, code: 'no spaces' }, 'code'],
  [{ ...family, code: 'OTHER', baseOccupancy: 6 }, 'baseOccupancy'],
  [{ ...family, code: 'OTHER', basePrice: -1 }, 'basePrice'],
  [{ ...family, code: 'OTHER', basePrice: 99.5 }, 'basePrice'],
  [{ ...family, code: 'OTHER', propertyId: 'x' }, 'propertyId'],
  [{ code: 'OTHER' }, 'name'],
])('a new room type of %j is 400 at %s', async (body, path) => {
  expect(await add(body)).toMatchObject(invalid(path));
});

test('a change is held to the same rules as the whole', async () => {
  expect(await change({ maxOccupancy: 1 })).toMatchObject(invalid('baseOccupancy'));
  expect(await change({ code: 'OTHER' })).toMatchObject(invalid('code'));
  expect(await change({ minStay: 91 })).toMatchObject(invalid('minStay'));
});

test('settings are read with their version', async () => {
  expect(await desk.call('GET', '')).toMatchObject({
    status: 200,
    headers: { etag: '"1"' },
    body: {
      slug: desk.hotel.slug,
      status: 'LIVE',
      version: 1,
      holdMinutes: 10,
      approval: 'AUTOMATIC',
      paymentPolicy: 'FULL',
      minNoticeMinutes: 0,
      timezone: 'Europe/Dublin',
    },
  });
});

test('a change of settings is for bookings made from then on', async () => {
  const hotel = await openDesk(t);
  const before = await hotel.book();
  const changes = { holdMinutes: 45, phone: '+353 1 555 0123', cancellationPolicy: { tiers: [] } };
  expect(await hotel.call('PATCH', '', { body: changes })).toMatchObject({
    status: 200,
    headers: { etag: '"2"' },
    body: { ...changes, version: 2 },
  });
  const after = await hotel.book({ checkIn: daysAhead(31), checkOut: daysAhead(32) });
  expect(before.booking.reservationSecondsLeft).toBe(600);
  expect(after.booking.reservationSecondsLeft).toBe(2_700);
});

test('of two who saw the same settings, the second is 412', async () => {
  const ifMatch = { 'if-match': '"1"' };
  expect(await set({ holdMinutes: 11 }, ifMatch)).toMatchObject({ status: 200, headers: { etag: '"2"' } });
  expect(await set({ holdMinutes: 12 }, ifMatch)).toMatchObject(refusal('version_conflict', { version: 2 }));
  expect((await set({ holdMinutes: 12 }, { 'if-match': '"2"' })).body).toMatchObject({ holdMinutes: 12, version: 3 });
});

test.each([
  [{ holdMinutes: 0 }, 'holdMinutes'],
  [{ holdMinutes: 61 }, 'holdMinutes'],
  [{ approval: 'NOBODY' }, 'approval'],
  [{ paymentPolicy: 'LATER' }, 'paymentPolicy'],
  [{ depositPolicy: { type: 'PERCENT', value: 10_001 } }, 'depositPolicy.value'],
  [
    { cancellationPolicy: { tiers: [{ hoursBefore: 1, refundPercent: 101 }] } },
    'cancellationPolicy.tiers.0.refundPercent',
  ],
  [{ checkInTime: '24:00' }, 'checkInTime'],
  [{ email: 'desk' }, 'email'],
  [{ address: { line1: 'x' } }, 'address.city'],
  [{ timezone: 'Asia/Tokyo' }, 'timezone'],
  [{ currency: 'USD' }, 'currency'],
  [{ status: 'LIVE' }, 'status'],
])('settings of %j are 400 at %s', async (body, path) => {
  expect(await set(body)).toMatchObject(invalid(path));
});

test.each([
  ['POST', '/room-types'],
  ['PATCH', '/room-types/ROOM'],
  ['PATCH', ''],
  ['PUT', '/inventory'],
] as const)('%s %s takes JSON, and not too much of it', async (method, path) => {
  const send = (type: string, body: string) => desk.call(method, path, { headers: { 'content-type': type }, body });
  expect(await send('text/plain', 'x')).toMatchObject(refusal('unsupported_media_type'));
  expect(await send('application/json', `"${'x'.repeat(300_000)}"`)).toMatchObject(refusal('payload_too_large'));
});
