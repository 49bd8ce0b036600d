import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { addDays } from '../../../../src/domain/time/calendar.ts';
import { travelTo } from '../../../support/database/clock.ts';
import { refusal } from '../../../support/http/problems.ts';
import { daysAhead } from '../../../support/hotel/build.ts';
import { nightOf, openDesk } from '../../../support/hotel/desk.ts';
import type { Desk } from '../../../support/hotel/desk.ts';
import { startTestApp } from '../../../support/server/app.ts';
import type { TestApp } from '../../../support/server/app.ts';

// Check-in is at 15:00 and check-out at 11:00 in Dublin, which is UTC in winter: the dates are of January.

let t: TestApp;
beforeAll(async () => {
  t = await startTestApp();
});
afterEach(() => t.database.travel('0 minutes'));
afterAll(() => t.close());

const ARRIVAL = `${String(Number(daysAhead(60).slice(0, 4)) + 1)}-01-20`;
const day = (count: number) => addDays(ARRIVAL, count);
const stayOf = (nights: number) => ({ checkIn: ARRIVAL, checkOut: day(nights) });
const at = (date: string, time: string) => travelTo(t.database, `${date}T${time}:00Z`);

async function openHotel(): Promise<Desk> {
  await at(ARRIVAL, '12:00');
  return openDesk(t, { rooms: 2, property: { bookingWindowDays: 730 } });
}

/** Gives a room and checks in, at the time it is. */
async function receive(desk: Desk, code: string, room = '101'): Promise<void> {
  expect(await desk.act(code, 'assign-room', { room })).toMatchObject({ status: 200 });
  expect(await desk.act(code, 'check-in', {})).toMatchObject({ status: 200 });
}

const reserved = async (desk: Desk) => {
  const counts = [0, 1, 2].map(async (count) => (await nightOf(desk, day(count))).reserved);
  return Promise.all(counts);
};

test('after midnight a guest is given no room that another late guest has for the night under way', async () => {
  const desk = await openHotel();
  const [oneNight, twoNights] = [await desk.confirm(stayOf(1)), await desk.confirm(stayOf(2))];
  await desk.act(oneNight, 'assign-room', { room: '101' });
  await at(day(1), '00:30');
  const rooms = await desk.call('GET', `/bookings/${twoNights}/assignable-rooms`);
  expect(rooms.body.items.map(({ number }: { number: string }) => number)).toEqual(['102']);
  expect(await desk.act(twoNights, 'assign-room', { room: '101' })).toMatchObject(refusal('room_taken'));
  await receive(desk, twoNights, '102');
});

test('a room that is out of order from the next day on is ready for the night under way', async () => {
  const desk = await openHotel();
  const code = await desk.confirm(stayOf(1));
  await desk.act(code, 'assign-room', { room: '101' });
  const block = { housekeepingStatus: 'OUT_OF_ORDER', from: day(1), to: day(3) };
  expect(await desk.call('PATCH', '/rooms/101', { body: block })).toMatchObject({ status: 200 });
  await at(day(1), '00:30');
  expect(await desk.act(code, 'check-in', {})).toMatchObject({ status: 200, body: { status: 'IN_HOUSE' } });
});

test('a no-show at the night audit keeps the night under way, and gives back the next', async () => {
  const desk = await openHotel();
  const code = await desk.confirm(stayOf(3));
  await at(day(1), '00:30');
  expect(await desk.act(code, 'no-show', {})).toMatchObject({ status: 200 });
  expect(await reserved(desk)).toEqual([1, 0, 0]);
});

test('who leaves in the morning gives back the coming night, who leaves after check-out time does not', async () => {
  const desk = await openHotel();
  const [morning, afternoon] = [await desk.confirm(stayOf(3)), await desk.confirm(stayOf(3))];
  await at(ARRIVAL, '16:00');
  await receive(desk, morning, '101');
  await receive(desk, afternoon, '102');
  const leave = { waiveBalance: 'a gift' };
  await at(day(1), '09:00');
  expect(await desk.act(morning, 'check-out', leave)).toMatchObject({ status: 200 });
  expect(await reserved(desk)).toEqual([2, 1, 1]);
  await at(day(1), '11:01');
  expect(await desk.act(afternoon, 'check-out', leave)).toMatchObject({ status: 200 });
  expect(await reserved(desk)).toEqual([2, 1, 0]);
});

test('a guest who changed rooms this morning and then leaves has used the first room only', async () => {
  const desk = await openHotel();
  const code = await desk.confirm(stayOf(3));
  await at(ARRIVAL, '16:00');
  await receive(desk, code);
  await at(day(1), '08:00');
  expect(await desk.act(code, 'assign-room', { room: '102' })).toMatchObject({ status: 200 });
  await at(day(1), '09:00');
  expect(await desk.act(code, 'check-out', { waiveBalance: 'a gift' })).toMatchObject({ status: 200 });
  expect(await reserved(desk)).toEqual([1, 0, 0]);
});
