import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { addDays } from '../../../../src/domain/time/calendar.ts';
import { startTestApp } from '../../../support/server/app.ts';
import type { TestApp } from '../../../support/server/app.ts';
import { daysAhead, stayBody } from '../../../support/hotel/build.ts';
import { NINE_TO_SIX, NOW, staffSpa, TODAY } from '../../../support/spa/build-spa.ts';
import { travelTo, travelToNoon } from '../../../support/database/clock.ts';
import { hire, openDesk } from '../../../support/hotel/desk.ts';
import type { Desk } from '../../../support/hotel/desk.ts';
import { footprintOf } from '../../../support/database/footprint.ts';
import { findViolations } from '../../../support/database/invariants.ts';
import { invalid, refusal } from '../../../support/http/problems.ts';
import { recountNights } from '../../../support/race.ts';

let t: TestApp;
const TOMORROW = addDays(TODAY, 1);
const at = (time: string) => `${TOMORROW}T${time}`;

beforeAll(async () => {
  t = await startTestApp();
});
beforeEach(() => t.database.travel('0'));
afterAll(() => t.close());

const nights = (from: number, to: number) => ({ checkIn: daysAhead(from), checkOut: daysAhead(to) });
async function stayIn(desk: Desk, room: string, from: number, to: number): Promise<string> {
  const code = await desk.confirm(nights(from, to));
  expect((await desk.act(code, 'assign-room', { room })).status).toBe(200);
  return code;
}

test('two stays exchange their nights in a full house, each at the price it was sold at', async () => {
  const desk = await openDesk(t, { rooms: 1 });
  const [one, other] = [await desk.confirm(nights(30, 33)), await desk.confirm(nights(33, 35))];
  const [before] = [await desk.call('GET', `/bookings/${one}`), await desk.call('GET', `/bookings/${other}`)];
  const swapped = await desk.act(one, 'swap', { with: other });
  expect(swapped).toMatchObject({
    status: 200,
    body: {
      items: [
        { code: one, status: 'CONFIRMED', stay: nights(33, 35), price: { totalPayable: 30_000 } },
        { code: other, status: 'CONFIRMED', stay: nights(30, 33), price: { totalPayable: 20_000 } },
      ],
    },
  });
  expect(swapped.body.items[1]).toMatchObject({ startsAt: before.body.startsAt, endsAt: before.body.endsAt });
  expect(await recountNights(t.database, desk.hotel.roomTypeId)).toEqual([]);
});

test('nights that overlap can be exchanged as well, and back again', async () => {
  const desk = await openDesk(t, { rooms: 2 });
  const [one, other] = [await desk.confirm(nights(30, 33)), await desk.confirm(nights(32, 35))];
  expect((await desk.act(one, 'swap', { with: other })).status).toBe(200);
  const back = await desk.act(one, 'swap', { with: other });
  expect(back.body).toMatchObject({ items: [{ stay: nights(30, 33) }, { stay: nights(32, 35) }] });
  expect(await recountNights(t.database, desk.hotel.roomTypeId)).toEqual([]);
});

test('rooms go with their stays, be it one room for both', async () => {
  const desk = await openDesk(t, { rooms: 3 });
  const [one, other] = [await stayIn(desk, '101', 30, 31), await stayIn(desk, '102', 40, 41)];
  expect((await desk.act(one, 'swap', { with: other })).body).toMatchObject({
    items: [{ stay: { room: '101', ...nights(40, 41) } }, { stay: { room: '102', ...nights(30, 31) } }],
  });
  const [early, late] = [await stayIn(desk, '103', 30, 32), await stayIn(desk, '103', 32, 33)];
  expect((await desk.act(early, 'swap', { with: late })).body).toMatchObject({
    items: [{ stay: { room: '103', ...nights(32, 33) } }, { stay: { room: '103', ...nights(30, 32) } }],
  });
  expect(await findViolations(t.ctx)).toEqual([]);
});

test('nights that have begun are not exchanged, whichever of the two is named first', async () => {
  const desk = await openDesk(t, { rooms: 2 });
  const [past, later] = [await desk.confirm(nights(1, 4)), await desk.confirm(nights(40, 41))];
  await travelToNoon(t.database, daysAhead(2));
  expect(await desk.act(later, 'swap', { with: past })).toMatchObject(refusal('past_time'));
  expect(await desk.act(past, 'swap', { with: later })).toMatchObject(refusal('past_time'));
  await travelToNoon(t.database, daysAhead(1));
  expect((await desk.act(past, 'swap', { with: later })).status).toBe(200);
  expect(await recountNights(t.database, desk.hotel.roomTypeId)).toEqual([]);
});

test('a room that is taken then stays behind', async () => {
  const desk = await openDesk(t, { rooms: 3 });
  const [one, other] = [await stayIn(desk, '101', 30, 31), await stayIn(desk, '102', 40, 41)];
  await stayIn(desk, '101', 40, 41);
  expect((await desk.act(one, 'swap', { with: other })).body).toMatchObject({
    items: [{ stay: { room: null }, assignmentVersion: 2 }, { stay: { room: '102' } }],
  });
});

test('two appointments exchange start and provider, each as long as it is', async () => {
  await travelTo(t.database, NOW);
  const services = { FACIAL: {}, BOTOX: { durationMinutes: 30 } };
  const spa = await staffSpa(t, { services });
  const one = await spa.booked({ provider: 'RYAN', startsAt: at('10:00') });
  const other = await spa.booked({ provider: 'DANIELLE', service: 'BOTOX', startsAt: at('15:00') });
  const swapped = await spa.act(one.code, 'swap', { with: other.code });
  expect(swapped.body).toMatchObject({
    items: [
      {
        code: one.code,
        startsAt: '2027-03-02T21:00:00.000Z',
        endsAt: '2027-03-02T22:00:00.000Z',
        appointment: { service: 'FACIAL', provider: 'DANIELLE' },
      },
      {
        code: other.code,
        startsAt: '2027-03-02T16:00:00.000Z',
        endsAt: '2027-03-02T16:30:00.000Z',
        appointment: { service: 'BOTOX', provider: 'RYAN' },
      },
    ],
  });
  const free = await spa.slotsOn(TOMORROW, '&service=BOTOX');
  expect(free['10:00']).toEqual(['DANIELLE']);
  expect(free['10:30']).toEqual(['DANIELLE', 'RYAN']);
  expect(free['15:30']).toEqual(['RYAN']);
  const { items } = (await spa.call('GET', `/bookings/${one.code}/history`)).body;
  expect(items.at(-1)).toMatchObject({ action: 'swap', actor: { type: 'STAFF' }, reason: other.code });
  expect(await findViolations(t.ctx)).toEqual([]);
  const events = (await spa.call('GET', '/events')).body.items as { type: string; data: { bookingCode: string } }[];
  const told = events.filter(({ type }) => type === 'booking_rescheduled').map(({ data }) => data.bookingCode);
  expect(told).toEqual([one.code, other.code]);
});

test('one that is too long for the other’s place, or whose provider does not do it, stays where it is', async () => {
  await travelTo(t.database, NOW);
  const services = { FACIAL: {}, BOTOX: { durationMinutes: 30 }, LASER: {} };
  const spa = await staffSpa(t, { services, does: { RYAN: ['FACIAL', 'LASER'], DANIELLE: ['FACIAL', 'BOTOX'] } });
  const long = await spa.booked({ provider: 'DANIELLE', startsAt: at('10:00') });
  const short = await spa.booked({ service: 'BOTOX', startsAt: at('15:00') });
  await spa.booked({ service: 'BOTOX', startsAt: at('15:30') });
  const laser = await spa.booked({ service: 'LASER', startsAt: at('12:00') });
  const before = await Promise.all([long, short, laser].map(({ code }) => footprintOf(t.database, code)));
  expect(await spa.act(long.code, 'swap', { with: short.code })).toMatchObject(refusal('slot_taken'));
  expect(await spa.act(short.code, 'swap', { with: long.code })).toMatchObject(refusal('slot_taken'));
  expect(await spa.act(laser.code, 'swap', { with: long.code })).toMatchObject(invalid('with'));
  expect(await Promise.all([long, short, laser].map(({ code }) => footprintOf(t.database, code)))).toEqual(before);
});

test('nobody is swapped into hours or a day on which the provider does not work, and nothing changes', async () => {
  await travelTo(t.database, NOW);
  const services = { FACIAL: {}, BOTOX: { durationMinutes: 30 } };
  const providers = { DANIELLE: NINE_TO_SIX, RYAN: [{ fromMinute: 540, toMinute: 930 }] };
  const spa = await staffSpa(t, { services, providers });
  const long = await spa.booked({ provider: 'DANIELLE', startsAt: at('11:00') });
  const last = await spa.booked({ provider: 'RYAN', service: 'BOTOX', startsAt: at('15:00') });
  const early = await spa.booked({ provider: 'RYAN', startsAt: at('09:00') });
  const before = await Promise.all([long, last, early].map(({ code }) => footprintOf(t.database, code)));
  for (const [one, other] of [[long, last] as const, [last, long] as const]) {
    expect(await spa.act(one.code, 'swap', { with: other.code })).toMatchObject(refusal('outside_hours'));
  }
  const timeOff = { startsAt: at('09:00'), endsAt: at('10:30') };
  expect((await spa.call('POST', '/providers/RYAN/time-off', { body: timeOff })).status).toBe(201);
  for (const [one, other] of [[long, early] as const, [early, long] as const]) {
    expect(await spa.act(one.code, 'swap', { with: other.code })).toMatchObject(refusal('slot_taken'));
  }
  const after = await Promise.all([long, last, early].map(({ code }) => footprintOf(t.database, code)));
  const aside = (prints: readonly object[]) => prints.map((print) => ({ ...print, outbox: null }));
  expect(aside(after)).toEqual(aside(before));
});

test('an appointment that has begun, or was sold longer than its service is now, is swapped as staff would move it', async () => {
  await travelTo(t.database, NOW);
  const spa = await staffSpa(t, { services: { FACIAL: {} } });
  const one = await spa.booked({ provider: 'DANIELLE', startsAt: at('16:00') });
  const other = await spa.booked({ provider: 'RYAN', startsAt: at('17:00') });
  await spa.call('PATCH', '/services/FACIAL', { body: { durationMinutes: 90 } });
  // As long as they were sold, both still end by six.
  expect((await spa.act(one.code, 'swap', { with: other.code })).status).toBe(200);
  await travelTo(t.database, `${TOMORROW}T22:30:00Z`);
  expect(await spa.act(one.code, 'swap', { with: other.code })).toMatchObject(refusal('past_time'));
});

test('only what stands and is to come is exchanged, and only with its like', async () => {
  const desk = await openDesk(t, { rooms: 9 });
  const elsewhere = await openDesk(t);
  const [one, ended, { code: held }] = [await desk.confirm(), await desk.confirm(), await desk.book()];
  await desk.act(ended, 'cancel');
  const before = await footprintOf(t.database, one);
  const swap = (other: string) => desk.act(one, 'swap', { with: other });
  expect(await swap(one)).toMatchObject(invalid('with'));
  expect(await swap('BK-2020-0001')).toMatchObject(refusal('not_found'));
  expect(await swap(await elsewhere.confirm())).toMatchObject(refusal('not_found'));
  expect(await swap(held)).toMatchObject(refusal('invalid_transition', { bookingStatus: 'PENDING_PAYMENT' }));
  expect(await swap(ended)).toMatchObject(refusal('invalid_transition', { bookingStatus: 'CANCELLED' }));
  expect(await desk.act(ended, 'swap', { with: one })).toMatchObject(refusal('invalid_transition'));
  const suite = { code: 'SUITE', name: 'Suite', maxOccupancy: 4, baseOccupancy: 2, basePrice: 30_000 };
  expect((await desk.call('POST', '/room-types', { body: suite })).status).toBe(201);
  await desk.call('POST', '/rooms', { body: { number: '901', roomType: 'SUITE' } });
  expect(await swap(await desk.confirm({ roomType: 'SUITE' }))).toMatchObject(invalid('with'));
  const token = await hire(t, desk.hotel.propertyId, 'VIEWER');
  const viewer = await desk.act(one, 'swap', { with: held }, { token });
  expect(viewer).toMatchObject(refusal('forbidden'));
  const { outbox, nights: sold, ...same } = before;
  expect([outbox, sold].every(Array.isArray)).toBe(true);
  expect(await footprintOf(t.database, one)).toMatchObject(same);
});

test('a stay and an appointment have nothing to exchange', async () => {
  await travelTo(t.database, NOW);
  const spa = await staffSpa(t);
  const { code } = await spa.booked();
  const room = { code: 'ROOM', name: 'Room', maxOccupancy: 4, baseOccupancy: 2, basePrice: 10_000 };
  expect((await spa.call('POST', '/room-types', { body: room })).status).toBe(201);
  expect((await spa.call('POST', '/rooms', { body: { number: '101', roomType: 'ROOM' } })).status).toBe(201);
  const body = stayBody({ checkIn: TOMORROW, checkOut: addDays(TOMORROW, 1), payment: 'ON_SITE' });
  const stay = (await spa.call('POST', '/bookings', { body })).body.booking.code as string;
  expect(await spa.act(code, 'swap', { with: stay })).toMatchObject(invalid('with'));
  expect(await spa.act(stay, 'swap', { with: code })).toMatchObject(invalid('with'));
});

test('a dry run, an older version and a repeat with its key change nothing', async () => {
  const desk = await openDesk(t, { rooms: 1 });
  const [one, other] = [await desk.confirm(nights(30, 31)), await desk.confirm(nights(31, 33))];
  const swap = (headers: Record<string, string>) => desk.act(one, 'swap', { with: other }, { headers });
  const before = await footprintOf(t.database, one);
  expect(await swap({ prefer: 'dry-run' })).toMatchObject({
    status: 200,
    body: { items: [{ stay: nights(31, 33) }, {}] },
  });
  expect(await swap({ 'if-match': '"7"' })).toMatchObject(refusal('version_conflict', { version: 1 }));
  expect(await footprintOf(t.database, one)).toEqual(before);
  const first = await swap({ 'if-match': '"1"', 'idempotency-key': 'swap' });
  expect(first.status).toBe(200);
  const after = await footprintOf(t.database, one);
  const again = await swap({ 'if-match': '"1"', 'idempotency-key': 'swap' });
  expect(again).toMatchObject({ status: 200, headers: { 'idempotent-replayed': 'true' } });
  expect(again.body).toEqual(first.body);
  expect(await footprintOf(t.database, one)).toEqual(after);
});

test('the links of both guests live as long after their new ends', async () => {
  const desk = await openDesk(t, { rooms: 1 });
  const { code, guestToken } = await desk.book(nights(10, 11));
  await desk.act(code, 'payments', { method: 'CASH', amount: 10_000 });
  const other = await desk.confirm(nights(100, 101));
  expect((await desk.act(other, 'swap', { with: code })).status).toBe(200);
  await t.database.travel('100 days');
  expect((await t.call('GET', '/v1/guest/booking', { token: guestToken })).status).toBe(200);
});
