import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp } from '../../support/server/app.ts';
import type { Answer, TestApp } from '../../support/server/app.ts';
import { daysAhead, guest, stayBody } from '../../support/hotel/build.ts';
import { openDesk } from '../../support/hotel/desk.ts';
import type { Desk } from '../../support/hotel/desk.ts';
import { HIT, keepAnswers, MISS, openOtherProcess } from '../../support/http/cached-responses.ts';
import type { OtherProcess, Read } from '../../support/http/cached-responses.ts';
import { movedBy } from '../../support/http/metrics.ts';
import { refusal } from '../../support/http/problems.ts';

let t: TestApp;
let other: OtherProcess;

beforeAll(async () => {
  t = await startTestApp();
  keepAnswers(t);
  other = await openOtherProcess(t);
});
afterAll(async () => {
  await other.close();
  await t.close();
});

const [from, to] = [daysAhead(30), daysAhead(31)];
const night = { roomType: 'ROOM', from, to };

const readHere: Read = async (path) => (await t.call('GET', path)).body;

/** What a guest who looks sees of the one night that is sold here. */
async function look({ hotel }: Desk, read: Read = readHere) {
  const [property, search, booked] = [
    await read(hotel.path),
    await read(`${hotel.path}/availability?checkIn=${from}&checkOut=${to}`),
    await read(`${hotel.path}/booked-dates?roomType=ROOM&from=${from}&to=${to}`),
  ];
  const [room] = search.roomTypes;
  return {
    name: property.name,
    sells: property.roomTypes.length,
    available: room.available,
    reason: room.reason ?? null,
    price: room.baseAmount,
    isBooked: booked.dates.includes(from),
  };
}

type Seen = Awaited<ReturnType<typeof look>>;
interface Change {
  readonly rooms: number;
  readonly prepare?: (desk: Desk) => Promise<{ code: string; guestToken?: string }>;
  readonly change: (desk: Desk, booked: { code: string; guestToken?: string }) => Promise<Answer>;
  readonly shows: Partial<Seen>;
  /** Whether more than nights has changed, so that every cached response of the property is dropped. */
  readonly touchesAll?: boolean;
}

const compat = (desk: Desk, path: string) => `/api/public/hotel/${desk.hotel.slug}${path}`;
const hotelmateBody = {
  room_type: 'ROOM',
  check_in: from,
  check_out: to,
  guest: { first_name: 'Aoife', last_name: 'Byrne', email: guest.email, phone: guest.phone },
};

const changes: Record<string, Change> = {
  'a guest’s booking': {
    rooms: 2,
    change: ({ hotel }) => t.call('POST', `${hotel.path}/bookings`, { body: stayBody() }),
    shows: { available: 1 },
  },
  'the booking of the last room': {
    rooms: 1,
    change: ({ hotel }) => t.call('POST', `${hotel.path}/bookings`, { body: stayBody() }),
    shows: { available: 0, reason: 'SOLD_OUT', isBooked: true },
  },
  'a guest’s cancellation': {
    rooms: 1,
    prepare: (desk) => desk.book(),
    change: (_, { guestToken = '' }) => t.call('POST', '/v1/guest/booking/cancel', { token: guestToken, body: {} }),
    shows: { available: 1, reason: null, isBooked: false },
  },
  'a booking on the path of HotelMate': {
    rooms: 1,
    change: (desk) => t.call('POST', compat(desk, '/bookings/'), { body: hotelmateBody }),
    shows: { available: 0, reason: 'SOLD_OUT', isBooked: true },
  },
  'a cancellation on the staff path of HotelMate': {
    rooms: 1,
    prepare: (desk) => desk.book(),
    change: ({ hotel, token }, { code }) =>
      t.call('POST', `/api/staff/hotel/${hotel.slug}/room-bookings/${code}/cancel/`, { token, body: {} }),
    shows: { available: 1, reason: null, isBooked: false },
  },
  'a booking at the desk': {
    rooms: 1,
    change: (desk) => desk.call('POST', '/bookings', { body: stayBody({ payment: 'ON_SITE' }) }),
    shows: { available: 0, reason: 'SOLD_OUT', isBooked: true },
  },
  'a cancellation at the desk': {
    rooms: 1,
    prepare: async (desk) => ({ code: await desk.confirm() }),
    change: (desk, { code }) => desk.act(code, 'cancel'),
    shows: { available: 1, reason: null, isBooked: false },
  },
  'a move to other nights': {
    rooms: 1,
    prepare: async (desk) => ({ code: await desk.confirm() }),
    change: (desk, { code }) => desk.act(code, 'reschedule', { checkIn: daysAhead(40), checkOut: daysAhead(41) }),
    shows: { available: 1, reason: null, isBooked: false },
  },
  'a move to these nights': {
    rooms: 1,
    prepare: async (desk) => ({
      code: await desk.confirm({ checkIn: daysAhead(40), checkOut: daysAhead(41) }),
    }),
    change: (desk, { code }) => desk.act(code, 'reschedule', { checkIn: from, checkOut: to }),
    shows: { available: 0, reason: 'SOLD_OUT', isBooked: true },
  },
  'another price': {
    rooms: 1,
    change: (desk) => desk.call('PUT', '/inventory', { body: { ...night, price: 12_300 } }),
    shows: { price: 12_300 },
  },
  'a night that staff close': {
    rooms: 1,
    change: (desk) => desk.call('PUT', '/inventory', { body: [{ ...night, closed: true }] }),
    shows: { reason: 'CLOSED', isBooked: true },
  },
  'a room out of order': {
    rooms: 2,
    change: (desk) => desk.call('PATCH', '/rooms/101', { body: { housekeepingStatus: 'OUT_OF_ORDER', from, to } }),
    shows: { available: 1 },
  },
  'a room more': {
    rooms: 2,
    change: (desk) => desk.call('POST', '/rooms', { body: { number: '900', roomType: 'ROOM' } }),
    shows: { available: 3 },
    touchesAll: true,
  },
  'another room type': {
    rooms: 2,
    change: (desk) =>
      desk.call('POST', '/room-types', {
        body: { code: 'SUITE', name: 'Suite', maxOccupancy: 2, baseOccupancy: 2, basePrice: 20_000 },
      }),
    shows: { sells: 2 },
    touchesAll: true,
  },
  'other terms of a room type': {
    rooms: 2,
    change: (desk) => desk.call('PATCH', '/room-types/ROOM', { body: { basePrice: 9_900, minStay: 2 } }),
    shows: { price: 9_900, reason: 'MIN_STAY' },
    touchesAll: true,
  },
  'another name': {
    rooms: 2,
    change: (desk) => desk.call('PATCH', '', { body: { name: 'The Harbour' } }),
    shows: { name: 'The Harbour' },
    touchesAll: true,
  },
  'a shorter booking window': {
    rooms: 2,
    change: (desk) => desk.call('PATCH', '', { body: { bookingWindowDays: 5 } }),
    shows: { reason: 'BEYOND_WINDOW' },
    touchesAll: true,
  },
};

test.each(Object.entries(changes))('%s shows in the next read here, and elsewhere once it is told', async (_, made) => {
  const desk = await openDesk(t, { rooms: made.rooms });
  const booked = (await made.prepare?.(desk)) ?? { code: '' };
  await other.catchUp();
  const before = await look(desk);
  expect(await movedBy(t.ctx, () => look(desk))).toEqual({ [HIT]: 3 });
  expect(await look(desk, other.read)).toEqual(before);
  expect((await made.change(desk, booked)).status).toBeOneOf([200, 201]);
  let after: Seen | undefined;
  const moved = made.touchesAll === true ? { [MISS]: 3 } : { [HIT]: 1, [MISS]: 2 };
  expect(await movedBy(t.ctx, async () => (after = await look(desk)))).toEqual(moved);
  expect(after).toEqual({ ...before, ...made.shows });
  expect(await look(desk, other.read)).toEqual(before);
  await other.catchUp();
  expect(await look(desk, other.read)).toEqual(after);
});

test('who asks while a booking is made may miss it, who asks after its answer never does', async () => {
  const desk = await openDesk(t, { rooms: 40 });
  for (let round = 1; round <= 40; round += 1) {
    const reads = Array.from({ length: 5 }, async (_unused, wait) => {
      for (let moment = 0; moment < wait * 40; moment += 1) await new Promise(setImmediate);
      return (await look(desk)).available as number;
    });
    const booking = t.call('POST', `${desk.hotel.path}/bookings`, { body: stayBody() });
    expect((await booking).status).toBe(201);
    expect((await look(desk)).available, `round ${String(round)}`).toBe(40 - round);
    for (const available of await Promise.all(reads)) expect([40 - round, 41 - round]).toContain(available);
  }
});

test('a booking that ends a hold in its way shows all the nights the hold gives back', async () => {
  const desk = await openDesk(t, { rooms: 1 });
  const last = `${desk.hotel.path}/availability?checkIn=${to}&checkOut=${daysAhead(32)}`;
  await desk.book({ checkIn: from, checkOut: daysAhead(32) });
  expect((await readHere(last)).roomTypes).toMatchObject([{ available: 0 }]);
  await t.database.travel('11 minutes');
  expect((await t.call('POST', `${desk.hotel.path}/bookings`, { body: stayBody() })).status).toBe(201);
  await t.database.travel('0 minutes');
  expect((await readHere(last)).roomTypes).toMatchObject([{ available: 1 }]);
});

test('a change that is refused, or that finds nothing to change, is answered as ever', async () => {
  const { hotel } = await openDesk(t, { rooms: 0 });
  const post = (path: string) => t.call('POST', path, { body: stayBody() });
  expect(await post(`${hotel.path}/bookings`)).toMatchObject(refusal('sold_out'));
  expect(await post('/v1/public/properties/nowhere/bookings')).toMatchObject(refusal('not_found'));
  expect(await post('/v1/nowhere')).toMatchObject(refusal('not_found'));
  expect(await post('/api/v1/public/properties/%zz/bookings')).toMatchObject({ status: 400 });
  expect(await post('/v1/guest/booking/cancel')).toMatchObject(refusal('unauthorized'));
  expect(await post('/v1/auth/logout')).toMatchObject({ status: 400 });
  for (const checkIn of [null, 7, [], {}, { toString: 1 }, '2027-02-30', '2027']) {
    const answer = await t.call('POST', `${hotel.path}/bookings`, { body: stayBody({ checkIn, startsAt: checkIn }) });
    expect(answer.status, JSON.stringify(checkIn)).toBe(400);
  }
});
