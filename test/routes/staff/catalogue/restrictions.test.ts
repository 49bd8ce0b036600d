import { afterAll, beforeAll, expect, test } from 'vitest';
import { daysAhead, stayBody } from '../../../support/hotel/build.ts';
import { nightOf, openDesk } from '../../../support/hotel/desk.ts';
import type { Desk } from '../../../support/hotel/desk.ts';
import { keepAnswers, openOtherProcess } from '../../../support/http/cached-responses.ts';
import { invalid, refusal } from '../../../support/http/problems.ts';
import { startTestApp } from '../../../support/server/app.ts';
import type { TestApp } from '../../../support/server/app.ts';
import { makeKey } from '../../../support/spa/agent.ts';

// Longest stay, closed to arrival, closed to departure: everywhere a stay is offered, priced, booked or moved.

let t: TestApp;
beforeAll(async () => {
  t = await startTestApp();
});
afterAll(() => t.close());

const nights = (from: number, to: number) => ({ checkIn: daysAhead(from), checkOut: daysAhead(to) });
const put = (desk: Desk, day: number, row: object) =>
  desk.call('PUT', '/inventory', { body: { roomType: 'ROOM', from: daysAhead(day), to: daysAhead(day + 1), ...row } });
const askFor = (desk: Desk, path: string, stay: Record<string, unknown>) =>
  t.call('POST', `${desk.hotel.path}${path}`, { body: { ...stayBody(stay), ...stay } });
const quote = (desk: Desk, stay: Record<string, unknown>) => {
  const { guest: _, ...body } = stayBody(stay);
  return t.call('POST', `${desk.hotel.path}/quotes`, { body });
};
const search = async ({ hotel }: Desk, { checkIn, checkOut }: ReturnType<typeof nights>) =>
  (await t.call('GET', `${hotel.path}/availability?checkIn=${checkIn}&checkOut=${checkOut}`)).body.roomTypes[0];
const recheck = async ({ hotel }: Desk, stay: Record<string, unknown>) => {
  const item = { kind: 'STAY', roomType: 'ROOM', adults: 2, children: 0, ...stay };
  return (await t.call('POST', `${hotel.path}/availability/batch`, { body: { items: [item] } })).body;
};

const RESTRICTIONS = [
  ['MAX_STAY', 'max_stay', { maxStay: 2 }, nights(30, 33), 30],
  ['CLOSED_TO_ARRIVAL', 'closed_to_arrival', { closedToArrival: true }, nights(30, 33), 30],
  ['CLOSED_TO_DEPARTURE', 'closed_to_departure', { closedToDeparture: true }, nights(30, 33), 33],
] as const;

test.each(RESTRICTIONS)(
  '%s stands in search, quote and re-check, and refuses bookings',
  async (reason, code, row, stay, day) => {
    const desk = await openDesk(t);
    expect(await put(desk, day, row)).toMatchObject({ status: 200 });
    expect(await nightOf(desk, daysAhead(day))).toMatchObject(row);
    expect(await search(desk, stay)).toMatchObject({ bookable: false, reason });
    expect((await quote(desk, stay)).body).toMatchObject({ bookable: false, reason });
    expect(JSON.stringify(await recheck(desk, stay))).toContain(`"${reason}"`);
    expect(await askFor(desk, '/bookings', stay)).toMatchObject(refusal(code, { reason }));
    // Staff lift a restriction before they sell against it, as with a closed night.
    const body = { ...stayBody(stay), payment: 'ON_SITE' };
    expect(await desk.call('POST', '/bookings', { body })).toMatchObject(refusal(code));
  },
);

test.each(RESTRICTIONS)(
  '%s refuses a move by guest and staff, and is told by the receptionist',
  async (reason, code, row, stay, day) => {
    const desk = await openDesk(t);
    await put(desk, day, row);
    const { code: booking, guestToken } = await desk.book(nights(50, 53));
    const moved = await t.call('POST', '/v1/guest/booking/reschedule', { token: guestToken, body: stay });
    expect(moved).toMatchObject(refusal(code, { reason }));
    expect(await desk.act(booking, 'reschedule', stay)).toMatchObject(refusal(code));
    const token = await makeKey(t, desk.hotel.propertyId);
    const path = `/v1/agent/properties/${desk.hotel.slug}/tools/get_quote`;
    const said = await t.call('POST', path, { token, body: { roomType: 'ROOM', ...stay } });
    expect(JSON.stringify(said.body)).toContain(`"${reason}"`);
  },
);

test('a restriction of one date leaves the stays alone that only pass over it', async () => {
  const desk = await openDesk(t);
  await put(desk, 31, { closedToArrival: true, closedToDeparture: true, maxStay: 1 });
  expect(await search(desk, nights(30, 32))).toMatchObject({ bookable: true, maxStay: null });
  expect(await search(desk, nights(31, 32))).toMatchObject({ reason: 'CLOSED_TO_ARRIVAL', maxStay: 1 });
  expect(await search(desk, nights(30, 31))).toMatchObject({ reason: 'CLOSED_TO_DEPARTURE' });
  const path = `${desk.hotel.path}/booked-dates?roomType=ROOM&from=${daysAhead(30)}&to=${daysAhead(32)}`;
  expect((await t.call('GET', path)).body).toMatchObject({ dates: [] });
});

test('a move keeps the arrival that is agreed, though the day was closed to arrival since', async () => {
  const desk = await openDesk(t);
  const { guestToken } = await desk.book(nights(30, 32));
  await put(desk, 30, { closedToArrival: true });
  await put(desk, 32, { closedToDeparture: true });
  const move = (to: object) => t.call('POST', '/v1/guest/booking/reschedule', { token: guestToken, body: to });
  expect(await move(nights(30, 33))).toMatchObject({ status: 200 });
  // The departure has been given up, so it is closed now.
  expect(await move(nights(30, 32))).toMatchObject(refusal('closed_to_departure'));
});

test('alternatives keep the restrictions', async () => {
  const desk = await openDesk(t, { rooms: 1 });
  await desk.book(nights(30, 32));
  for (const day of [28, 29, 32, 33]) await put(desk, day, { closedToArrival: true });
  const late = await askFor(desk, '/bookings', nights(30, 32));
  expect(late).toMatchObject(refusal('sold_out'));
  const arrivals = late.body.alternatives.map(({ checkIn }: { checkIn: string }) => checkIn);
  expect(arrivals).toEqual([daysAhead(27), daysAhead(26), daysAhead(34), daysAhead(25), daysAhead(35)]);
});

test('a cached search forgets a departure that was closed, here and elsewhere', async () => {
  keepAnswers(t);
  const other = await openOtherProcess(t);
  try {
    const desk = await openDesk(t);
    const { checkIn, checkOut } = nights(30, 31);
    const path = `${desk.hotel.path}/availability?checkIn=${checkIn}&checkOut=${checkOut}`;
    const reasons = async () => [
      (await t.call('GET', path)).body.roomTypes[0].reason,
      ((await other.read(path)) as { roomTypes: { reason?: string }[] }).roomTypes[0]?.reason,
    ];
    expect(await reasons()).toEqual([undefined, undefined]);
    await put(desk, 31, { closedToDeparture: true });
    await other.catchUp();
    expect(await reasons()).toEqual(['CLOSED_TO_DEPARTURE', 'CLOSED_TO_DEPARTURE']);
  } finally {
    await other.close();
  }
});

test('what is absent stays, and null lifts the longest stay', async () => {
  const desk = await openDesk(t);
  await put(desk, 40, { maxStay: 3, closedToArrival: true, closedToDeparture: true });
  await put(desk, 40, { price: 1 });
  const set = { maxStay: 3, closedToArrival: true, closedToDeparture: true };
  expect(await nightOf(desk, daysAhead(40))).toMatchObject(set);
  await put(desk, 40, { maxStay: null, closedToArrival: false, closedToDeparture: false });
  expect(await nightOf(desk, daysAhead(40))).toMatchObject({
    maxStay: null,
    closedToArrival: false,
    closedToDeparture: false,
  });
});

test('a longest stay below the shortest is 400, whichever of them changes', async () => {
  const desk = await openDesk(t, { roomType: { minStay: 2 } });
  expect(await put(desk, 40, { maxStay: 1 })).toMatchObject(invalid('maxStay'));
  expect(await put(desk, 40, { minStay: 3, maxStay: 2 })).toMatchObject(invalid('maxStay'));
  expect(await put(desk, 40, { maxStay: 2 })).toMatchObject({ status: 200 });
  expect(await put(desk, 40, { minStay: 3 })).toMatchObject(invalid('minStay'));
  const ofRoomType = (minStay: number) => desk.call('PATCH', '/room-types/ROOM', { body: { minStay } });
  expect(await ofRoomType(3)).toMatchObject(invalid('minStay'));
  await put(desk, 40, { minStay: 2 });
  expect(await ofRoomType(3)).toMatchObject({ status: 200 });
  expect(await put(desk, 40, { minStay: null })).toMatchObject(invalid('minStay'));
  expect(await put(desk, 40, { maxStay: 0 })).toMatchObject(invalid('maxStay'));
  expect(await put(desk, 40, { maxStay: 91 })).toMatchObject(invalid('maxStay'));
  expect(await put(desk, 40, { closedToArrival: 'yes' })).toMatchObject(invalid('closedToArrival'));
});
