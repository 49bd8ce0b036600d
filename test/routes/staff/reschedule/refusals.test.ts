import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { addDays } from '../../../../src/domain/time/calendar.ts';
import type { ErrorCode } from '../../../../src/errors.ts';
import { startTestApp } from '../../../support/server/app.ts';
import type { TestApp } from '../../../support/server/app.ts';
import { daysAhead } from '../../../support/hotel/build.ts';
import { NOW, staffSpa, TODAY } from '../../../support/spa/build-spa.ts';
import type { SpaOptions, StaffedSpa } from '../../../support/spa/build-spa.ts';
import { travelTo } from '../../../support/database/clock.ts';
import { hire, openDesk } from '../../../support/hotel/desk.ts';
import type { Desk } from '../../../support/hotel/desk.ts';
import { footprintOf } from '../../../support/database/footprint.ts';
import { invalid, refusal } from '../../../support/http/problems.ts';

let t: TestApp;
const TOMORROW = addDays(TODAY, 1);

beforeAll(async () => {
  t = await startTestApp();
});
beforeEach(() => t.database.travel('0'));
afterAll(() => t.close());

const nights = (from: number, to: number) => ({ checkIn: daysAhead(from), checkOut: daysAhead(to) });
const guestMoves = (token: string, body: unknown) => t.call('POST', '/v1/guest/booking/reschedule', { token, body });

type Prepare<Place> = (place: Place, code: string) => Promise<unknown>;
type Refused<Place> = [why: string, code: ErrorCode, to: object, prepare?: Prepare<Place>];

const putNights = (row: object) => (desk: Desk) =>
  desk.call('PUT', '/inventory', { body: { roomType: 'ROOM', from: daysAhead(40), to: daysAhead(42), ...row } });
const setType = (set: string) => (desk: Desk) =>
  t.database.sql(`UPDATE room_types SET ${set} WHERE id = $1`, [desk.hotel.roomTypeId]);
const setHotel = (set: string) => (desk: Desk) =>
  t.database.sql(`UPDATE properties SET ${set} WHERE id = $1`, [desk.hotel.propertyId]);

const STAYS: Refused<Desk>[] = [
  ['an arrival that has passed', 'past_time', nights(-2, 1)],
  ['nights beyond the booking window', 'beyond_booking_window', nights(40, 41), setHotel('booking_window_days = 35')],
  ['nights that are closed', 'closed', nights(39, 41), putNights({ closed: true })],
  ['fewer nights than are sold', 'min_stay', nights(40, 41), putNights({ minStay: 2 })],
  ['a room type now too small', 'occupancy_exceeded', nights(40, 41), setType('max_occupancy = 1, base_occupancy = 1')],
  ['a room type no longer sold', 'closed', nights(40, 41), setType('is_active = false')],
];

test.each(STAYS)('a stay is not moved to %s: %s', async (_, refused, to, prepare) => {
  const desk = await openDesk(t);
  const { code, guestToken } = await desk.book();
  await prepare?.(desk, code);
  const before = await footprintOf(t.database, code);
  expect(await guestMoves(guestToken, to)).toMatchObject(refusal(refused));
  expect(await desk.act(code, 'reschedule', to)).toMatchObject(refusal(refused));
  expect(await footprintOf(t.database, code)).toEqual(before);
});

test('a guest is asked for the notice of the hotel when a stay is moved, its staff are not', async () => {
  const desk = await openDesk(t, { property: { minNoticeMinutes: 7_200 } });
  const { code, guestToken } = await desk.book();
  expect(await guestMoves(guestToken, nights(2, 3))).toMatchObject(refusal('notice_too_short'));
  expect(await desk.act(code, 'reschedule', nights(2, 3))).toMatchObject({ status: 200, body: { stay: nights(2, 3) } });
});

const setService = (set: string) => (spa: StaffedSpa) =>
  t.database.sql(`UPDATE services SET ${set} WHERE property_id = $1`, [spa.propertyId]);
const ADDRESS = { line1: '1 Lake St', city: 'Chicago', postalCode: '60601', country: 'US' };
const ZONED: SpaOptions = {
  services: { FACIAL: { isAtGuests: true, maxAdults: 9 } },
  zones: { A: { postalCodes: ['606'], fee: 0 } },
};

const APPOINTMENTS: Refused<StaffedSpa>[] = [
  ['a time that has passed', 'past_time', { startsAt: `${TODAY}T05:00` }],
  ['a time when nobody works', 'outside_hours', { startsAt: `${TOMORROW}T17:30` }],
  [
    'a date beyond the window',
    'beyond_booking_window',
    { startsAt: '2027-06-01T10:00' },
    setService('booking_window_days = 30'),
  ],
  ['a provider who is not there', 'not_found', { startsAt: `${TOMORROW}T10:00`, provider: 'NOBODY' }],
  ['a service that is sold no longer', 'not_found', { startsAt: `${TOMORROW}T10:00` }, setService('is_active = false')],
  [
    'a service for fewer persons',
    'occupancy_exceeded',
    { startsAt: `${TOMORROW}T10:00` },
    setService('max_adults = 1'),
  ],
  [
    ...(['a place nobody goes to any more', 'outside_zone', { startsAt: `${TOMORROW}T10:00` }] as const),
    (spa) => t.database.sql('UPDATE zones SET is_active = false WHERE property_id = $1', [spa.propertyId]),
  ],
];

test.each(APPOINTMENTS)('an appointment is not moved to %s: %s', async (_, refused, to, prepare) => {
  await travelTo(t.database, NOW);
  const spa = await staffSpa(t, ZONED);
  const { code, guestToken } = await spa.booked({ address: ADDRESS, adults: 2 });
  await prepare?.(spa, code);
  const before = await footprintOf(t.database, code);
  expect(await guestMoves(guestToken, to)).toMatchObject(refusal(refused));
  expect(await spa.act(code, 'reschedule', to)).toMatchObject(refusal(refused));
  expect(await footprintOf(t.database, code)).toEqual(before);
});

test('a stay is moved to nights and an appointment to a time', async () => {
  const desk = await openDesk(t);
  const stay = await desk.book();
  const time = { startsAt: `${TOMORROW}T10:00` };
  expect(await guestMoves(stay.guestToken, time)).toMatchObject(invalid('checkIn'));
  expect(await desk.act(stay.code, 'reschedule', time)).toMatchObject(invalid('checkIn'));
  await travelTo(t.database, NOW);
  const spa = await staffSpa(t);
  const appointment = await spa.booked();
  expect(await guestMoves(appointment.guestToken, nights(40, 41))).toMatchObject(invalid('startsAt'));
  expect(await spa.act(appointment.code, 'reschedule', nights(40, 41))).toMatchObject(invalid('startsAt'));
});

test.each([
  ['nothing', undefined],
  ['an empty body', {}],
  ['an end before the beginning', nights(41, 40)],
  ['no nights', nights(40, 40)],
  ['more nights than anybody stays', nights(40, 400)],
  ['one date', { checkIn: daysAhead(40) }],
  ['a date that does not exist', { checkIn: '2027-02-30', checkOut: '2027-03-02' }],
  ['both at once', { ...nights(40, 41), startsAt: `${TOMORROW}T10:00` }],
  ['another room type', { ...nights(40, 41), roomType: 'SUITE' }],
  ['another price', { ...nights(40, 41), price: 1 }],
  ['a time that is none', { startsAt: '2027-02-30T10:00' }],
])('%s is 400', async (_, body) => {
  const desk = await openDesk(t);
  const { code, guestToken } = await desk.book();
  const before = await footprintOf(t.database, code);
  expect(await guestMoves(guestToken, body)).toMatchObject(refusal('validation_failed'));
  expect(await desk.call('POST', `/bookings/${code}/reschedule`, { body })).toMatchObject(refusal('validation_failed'));
  expect(await footprintOf(t.database, code)).toEqual(before);
});

test('strangers, those who only read, and other hotels do not move it', async () => {
  const [desk, elsewhere] = [await openDesk(t), await openDesk(t)];
  const { code } = await desk.book();
  const before = await footprintOf(t.database, code);
  const body = nights(40, 41);
  const path = `${desk.path}/bookings/${code}/reschedule`;
  expect(await t.call('POST', path, { body })).toMatchObject(refusal('unauthorized'));
  expect(await t.call('POST', '/v1/guest/booking/reschedule', { body })).toMatchObject(refusal('unauthorized'));
  expect(await guestMoves(desk.token, body)).toMatchObject({ status: 401 });
  for (const role of ['VIEWER', 'HOUSEKEEPING'] as const) {
    const token = await hire(t, desk.hotel.propertyId, role);
    expect(await t.call('POST', path, { token, body })).toMatchObject(refusal('forbidden'));
  }
  expect(await t.call('POST', path, { token: elsewhere.token, body })).toMatchObject(refusal('not_found'));
  expect(await elsewhere.act(code, 'reschedule', body)).toMatchObject(refusal('not_found'));
  expect(await desk.act('BK-2020-0001', 'reschedule', body)).toMatchObject(refusal('not_found'));
  expect(await footprintOf(t.database, code)).toEqual(before);
  const token = await hire(t, desk.hotel.propertyId, 'FRONT_DESK');
  expect((await t.call('POST', path, { token, body })).status).toBe(200);
});

test('what is refused frees its key', async () => {
  const desk = await openDesk(t, { rooms: 1 });
  const { code } = await desk.book();
  const inTheWay = await desk.confirm(nights(40, 41));
  const headers = { 'idempotency-key': 'again' };
  expect(await desk.act(code, 'reschedule', nights(40, 41), { headers })).toMatchObject(refusal('sold_out'));
  await desk.act(inTheWay, 'cancel');
  const moved = await desk.act(code, 'reschedule', nights(40, 41), { headers });
  expect(moved.status).toBe(200);
  expect(moved.headers).not.toHaveProperty('idempotent-replayed');
});
