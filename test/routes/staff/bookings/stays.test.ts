import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startTestApp } from '../../../support/server/app.ts';
import type { TestApp } from '../../../support/server/app.ts';
import { daysAhead } from '../../../support/hotel/build.ts';
import { travelToNoon } from '../../../support/database/clock.ts';
import { hire, nightOf, openDesk } from '../../../support/hotel/desk.ts';
import type { Desk } from '../../../support/hotel/desk.ts';
import { refusal } from '../../../support/http/problems.ts';

let t: TestApp;
const FIRST = 10;
const nights = { checkIn: daysAhead(FIRST), checkOut: daysAhead(FIRST + 3) };

beforeAll(async () => {
  t = await startTestApp();
});
afterEach(() => t.database.travel('0 minutes'));
afterAll(() => t.close());

/** A hotel with one room, sold for three nights and given to a confirmed booking. */
async function expectGuest(): Promise<{ desk: Desk; code: string }> {
  const desk = await openDesk(t, { rooms: 1 });
  const code = await desk.confirm(nights);
  await desk.act(code, 'assign-room', { room: '101' });
  return { desk, code };
}

async function receiveGuest(): Promise<{ desk: Desk; code: string }> {
  const expected = await expectGuest();
  await travelToNoon(t.database, nights.checkIn);
  await expected.desk.act(expected.code, 'check-in');
  return expected;
}

const reserved = async (desk: Desk) => {
  const counts = [0, 1, 2].map(async (day) => (await nightOf(desk, daysAhead(FIRST + day))).reserved);
  return Promise.all(counts);
};

test('a guest is received on the day of arrival, into a clean room', async () => {
  const { desk, code } = await expectGuest();
  await travelToNoon(t.database, nights.checkIn);
  expect(await desk.act(code, 'check-in')).toMatchObject({
    status: 200,
    body: { status: 'IN_HOUSE', checkedInAt: expect.any(String), stay: { room: '101' } },
  });
});

test('before the day it is too early, also for the owner who does not say so', async () => {
  const { desk, code } = await expectGuest();
  expect(await desk.act(code, 'check-in')).toMatchObject(refusal('too_early'));
});

test('before the day a manager may say early, the front desk may not', async () => {
  const { desk, code } = await expectGuest();
  const as = async (role: 'MANAGER' | 'FRONT_DESK') => ({ token: await hire(t, desk.hotel.propertyId, role) });
  const early = { early: true };
  expect(await desk.act(code, 'check-in', early, await as('FRONT_DESK'))).toMatchObject(refusal('forbidden'));
  expect(await desk.act(code, 'check-in', early, await as('MANAGER'))).toMatchObject({
    status: 200,
    body: { status: 'IN_HOUSE' },
  });
});

test('after the last night there is nothing left to check in to', async () => {
  const { desk, code } = await expectGuest();
  await travelToNoon(t.database, nights.checkOut);
  expect(await desk.act(code, 'check-in')).toMatchObject(refusal('past_time'));
});

test('a guest without a room can not be received', async () => {
  const { desk, code } = await expectGuest();
  await desk.act(code, 'unassign-room');
  await travelToNoon(t.database, nights.checkIn);
  expect(await desk.act(code, 'check-in')).toMatchObject(refusal('room_required'));
});

test('a dirty room is not ready, unless somebody says why it is used all the same', async () => {
  const { desk, code } = await expectGuest();
  await travelToNoon(t.database, nights.checkIn);
  await desk.call('PATCH', '/rooms/101', { body: { housekeepingStatus: 'DIRTY' } });
  expect(await desk.act(code, 'check-in')).toMatchObject(refusal('room_not_ready', { housekeepingStatus: 'DIRTY' }));
  const override = await desk.act(code, 'check-in', { override: 'Guest insists' });
  expect(override).toMatchObject({ status: 200, body: { status: 'IN_HOUSE' } });
  const { items } = (await desk.call('GET', `/bookings/${code}/history`)).body;
  expect(items.at(-1)).toMatchObject({ action: 'checkIn', reason: 'Guest insists' });
});

test('an inspected room is as good as a clean one', async () => {
  const { desk, code } = await expectGuest();
  await travelToNoon(t.database, nights.checkIn);
  await desk.call('PATCH', '/rooms/101', { body: { housekeepingStatus: 'INSPECTED' } });
  expect((await desk.act(code, 'check-in')).status).toBe(200);
});

test('a room in which somebody still lives is not ready, whatever is said', async () => {
  const desk = await openDesk(t, { rooms: 1 });
  const staying = await desk.confirm({ checkIn: daysAhead(FIRST - 1), checkOut: daysAhead(FIRST) });
  const next = await desk.confirm(nights);
  for (const code of [staying, next]) await desk.act(code, 'assign-room', { room: '101' });
  await travelToNoon(t.database, daysAhead(FIRST - 1));
  await desk.act(staying, 'check-in');
  await travelToNoon(t.database, nights.checkIn);
  const refused = refusal('room_not_ready', { detail: expect.stringContaining(staying) });
  expect(await desk.act(next, 'check-in', { override: 'Please' })).toMatchObject(refused);
});

test('check-out needs the balance settled, and says how much it is', async () => {
  const { desk, code } = await receiveGuest();
  expect(await desk.act(code, 'check-out')).toMatchObject(
    refusal('balance_due', { balanceDue: 30_000, currency: 'EUR' }),
  );
  await desk.act(code, 'payments', { method: 'CARD_TERMINAL', amount: 30_000 });
  expect(await desk.act(code, 'check-out')).toMatchObject({ status: 200, body: { status: 'COMPLETED' } });
});

test('check-out may waive the balance for a reason, which is kept', async () => {
  const { desk, code } = await receiveGuest();
  await desk.act(code, 'payments', { method: 'CASH', amount: 20_000 });
  expect(await desk.act(code, 'check-out', { waiveBalance: 'Kettle was broken' })).toMatchObject({
    status: 200,
    body: { status: 'COMPLETED', waivedAmount: 10_000, balanceDue: 0, checkedOutAt: expect.any(String) },
  });
  const { items } = (await desk.call('GET', `/bookings/${code}/history`)).body;
  expect(items.at(-1)).toMatchObject({
    action: 'complete',
    reason: 'Kettle was broken',
    changes: { waivedAmount: [0, 10_000] },
  });
});

test('check-out leaves the room dirty', async () => {
  const { desk, code } = await receiveGuest();
  await desk.act(code, 'check-out', { waiveBalance: 'Ours' });
  const { items } = (await desk.call('GET', '/rooms')).body;
  expect(items).toMatchObject([{ number: '101', housekeepingStatus: 'DIRTY' }]);
});

test('who leaves on the first day gives back every night but the first', async () => {
  const { desk, code } = await receiveGuest();
  expect(await reserved(desk)).toEqual([1, 1, 1]);
  await desk.act(code, 'check-out', { waiveBalance: 'Ours' });
  expect(await reserved(desk)).toEqual([1, 0, 0]);
  const next = await desk.confirm({ checkIn: daysAhead(FIRST + 1), checkOut: daysAhead(FIRST + 3) });
  expect((await desk.act(next, 'assign-room', { room: '101' })).status).toBe(200);
});

test('who leaves on the second day gives back the nights after that day', async () => {
  const { desk, code } = await receiveGuest();
  await travelToNoon(t.database, daysAhead(FIRST + 1));
  await desk.act(code, 'check-out', { waiveBalance: 'Ours' });
  expect(await reserved(desk)).toEqual([1, 1, 0]);
});

test('who leaves when they should gives nothing back', async () => {
  const { desk, code } = await receiveGuest();
  await travelToNoon(t.database, nights.checkOut);
  await desk.act(code, 'check-out', { waiveBalance: 'Ours' });
  expect(await reserved(desk)).toEqual([1, 1, 1]);
});

test('a guest is not missing before they are expected', async () => {
  const { desk, code } = await expectGuest();
  await travelToNoon(t.database, nights.checkIn);
  expect(await desk.act(code, 'no-show')).toMatchObject(refusal('too_early'));
});

test('a guest who did not come frees the nights to come and the room, and owes nothing that the policy does not claim', async () => {
  const { desk, code } = await expectGuest();
  await travelToNoon(t.database, daysAhead(FIRST + 1));
  expect(await desk.act(code, 'no-show')).toMatchObject({
    status: 200,
    body: { status: 'NO_SHOW', balanceDue: 0, stay: { room: null } },
  });
  expect(await reserved(desk)).toEqual([1, 1, 0]);
  expect(await desk.act(code, 'check-in')).toMatchObject(refusal('invalid_transition'));
});
