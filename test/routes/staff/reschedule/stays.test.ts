import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startTestApp } from '../../../support/server/app.ts';
import type { Answer, TestApp } from '../../../support/server/app.ts';
import { daysAhead } from '../../../support/hotel/build.ts';
import { nightOf, openDesk } from '../../../support/hotel/desk.ts';
import type { Desk } from '../../../support/hotel/desk.ts';
import { footprintOf } from '../../../support/database/footprint.ts';
import { findViolations } from '../../../support/database/invariants.ts';
import { refusal } from '../../../support/http/problems.ts';
import { recountNights } from '../../../support/race.ts';

let t: TestApp;

beforeAll(async () => {
  t = await startTestApp({ LOG_LEVEL: 'info' });
});
afterEach(() => t.database.travel('0'));
afterAll(() => t.close());

const nights = (from: number, to: number) => ({ checkIn: daysAhead(from), checkOut: daysAhead(to) });
const guestMoves = (token: string, body: object, headers = {}) =>
  t.call('POST', '/v1/guest/booking/reschedule', { token, body, headers });
const staffMoves = (desk: Desk, code: string, body: object, headers = {}) =>
  desk.act(code, 'reschedule', body, { headers });
const priceOf = (desk: Desk, from: number, to: number, price: number) =>
  desk.call('PUT', '/inventory', { body: { roomType: 'ROOM', from: daysAhead(from), to: daysAhead(to), price } });
async function reservedOn(desk: Desk, ...days: number[]): Promise<number[]> {
  return Promise.all(days.map(async (day) => (await nightOf(desk, daysAhead(day))).reserved as number));
}
async function roomOf(desk: Desk, code: string): Promise<string | null> {
  return (await desk.call('GET', `/bookings/${code}`)).body.stay.room as string | null;
}
/** A confirmed stay in a room. */
async function stayIn(desk: Desk, room: string, from: number, to: number): Promise<string> {
  const code = await desk.confirm(nights(from, to));
  expect((await desk.act(code, 'assign-room', { room })).status).toBe(200);
  return code;
}

test.each(['guest', 'staff'] as const)('a %s moves a stay: same code, new nights taken, old ones free', async (who) => {
  const desk = await openDesk(t, { rooms: 1 });
  const { code, guestToken, booking } = await desk.book(nights(30, 32));
  const moved =
    who === 'guest'
      ? await guestMoves(guestToken, nights(31, 34))
      : await staffMoves(desk, code, nights(31, 34), { 'if-match': '"1"' });
  expect(moved).toMatchObject({
    status: 200,
    body: {
      code,
      status: 'PENDING_PAYMENT',
      expiresAt: booking.expiresAt,
      createdAt: booking.createdAt,
      price: { totalPayable: 30_000, depositDue: 30_000, gatewayPayable: 30_000, balanceDue: 0 },
      stay: { ...nights(31, 34), nights: 3, adults: 2, room: null },
    },
  });
  expect(moved.body.version).toBeGreaterThan(1);
  if (who === 'staff') expect(moved.headers['etag']).toBe(`"${String(moved.body.version)}"`);
  expect(Date.parse(moved.body.startsAt) - Date.parse(booking.startsAt)).toBeGreaterThan(80_000_000);
  expect(await reservedOn(desk, 30, 31, 32, 33, 34)).toEqual([0, 1, 1, 1, 0]);
  expect((await desk.call('GET', `/bookings/${code}`)).body.stay).toEqual(moved.body.stay);
  await desk.confirm(nights(29, 31));
  expect(await recountNights(t.database, desk.hotel.roomTypeId)).toEqual([]);
});

test('the price is that of today, and a rise of what stands is balance due', async () => {
  const desk = await openDesk(t);
  const code = await desk.confirm(nights(30, 31));
  await priceOf(desk, 40, 41, 17_500);
  expect(await staffMoves(desk, code, nights(40, 41))).toMatchObject({
    status: 200,
    body: {
      status: 'CONFIRMED',
      price: { totalPayable: 17_500, depositDue: 0, balanceDue: 17_500 },
      balanceDue: 17_500,
    },
  });
});

test('the history and the feed say who moved it, from where to where, and what it costs', async () => {
  const desk = await openDesk(t);
  const { code, guestToken } = await desk.book(nights(30, 31));
  await guestMoves(guestToken, nights(40, 42));
  await staffMoves(desk, code, nights(50, 51));
  const { items } = (await desk.call('GET', `/bookings/${code}/history`)).body;
  expect(items.slice(1)).toMatchObject([
    {
      action: 'reschedule',
      actor: { type: 'GUEST' },
      from: 'PENDING_PAYMENT',
      to: 'PENDING_PAYMENT',
      changes: {
        checkIn: [daysAhead(30), daysAhead(40)],
        checkOut: [daysAhead(31), daysAhead(42)],
        totalPayable: [10_000, 20_000],
      },
    },
    { action: 'reschedule', actor: { type: 'STAFF', name: 'Sam' }, changes: { totalPayable: [20_000, 10_000] } },
  ]);
  expect(await findViolations(t.ctx)).toEqual([]);
  const events = (await desk.call('GET', '/events')).body.items as { type: string; data: object }[];
  const told = events.filter(({ type }) => type === 'booking_rescheduled').map(({ data }) => data);
  expect(told).toEqual([
    { bookingCode: code, status: 'PENDING_PAYMENT' },
    { bookingCode: code, status: 'PENDING_PAYMENT', staffUser: 'Sam' },
  ]);
  const spans = events.filter(({ type }) => type === 'availability_changed').map(({ data }) => data);
  for (const [from, to] of [[30, 31] as const, [40, 42] as const, [50, 51] as const]) {
    expect(spans).toContainEqual({ roomType: 'ROOM', from: daysAhead(from), to: daysAhead(to) });
  }
});

test.each(['guest', 'staff'] as const)(
  'nights that are sold are 409 with others, and a %s changes nothing',
  async (who) => {
    const desk = await openDesk(t, { rooms: 1 });
    const { code, guestToken } = await desk.book(nights(30, 32));
    await desk.confirm(nights(32, 34));
    const before = await footprintOf(t.database, code);
    const move = (to: object) => (who === 'guest' ? guestMoves(guestToken, to) : staffMoves(desk, code, to));
    const refused = await move(nights(31, 33));
    expect(refused).toMatchObject(refusal('sold_out', { reason: 'SOLD_OUT', heldUntil: null }));
    const { alternatives } = refused.body as { alternatives: Record<string, string>[] };
    expect(alternatives.length).toBeGreaterThanOrEqual(3);
    expect(await footprintOf(t.database, code)).toEqual(before);
    const [nearest] = alternatives;
    expect((await move({ checkIn: nearest?.['checkIn'], checkOut: nearest?.['checkOut'] })).status).toBe(200);
  },
);

test('nights that are held say until when; once the hold has ended they are had without a sweep', async () => {
  const desk = await openDesk(t, { rooms: 1 });
  const code = await desk.confirm(nights(30, 31));
  const inTheWay = await desk.book(nights(40, 43));
  const held = refusal('sold_out', { reason: 'HELD', heldUntil: inTheWay.booking.expiresAt });
  expect(await staffMoves(desk, code, nights(41, 42))).toMatchObject(held);
  await t.database.travel('11 minutes');
  expect(await staffMoves(desk, code, nights(41, 42))).toMatchObject({ status: 200 });
  expect((await desk.call('GET', `/bookings/${inTheWay.code}`)).body).toMatchObject({ status: 'EXPIRED' });
  const logged = t.logged.filter(({ event }) => event === 'BOOKING_EXPIRED').map(({ code: ended }) => ended);
  expect(logged).toEqual([inTheWay.code]);
  expect(await reservedOn(desk, 30, 40, 41, 42)).toEqual([0, 0, 1, 0]);
  expect(await recountNights(t.database, desk.hotel.roomTypeId)).toEqual([]);
});

test('a hold keeps its deadline and can not be moved past it', async () => {
  const desk = await openDesk(t);
  const { code, guestToken, booking } = await desk.book();
  await t.database.travel('9 minutes');
  expect((await guestMoves(guestToken, nights(40, 41))).body).toMatchObject({ expiresAt: booking.expiresAt });
  await t.database.travel('11 minutes');
  const before = await footprintOf(t.database, code);
  expect(await guestMoves(guestToken, nights(41, 42))).toMatchObject(refusal('hold_expired'));
  expect(await staffMoves(desk, code, nights(40, 42))).toMatchObject(refusal('hold_expired'));
  expect(await footprintOf(t.database, code)).toEqual(before);
});

test('what has ended, and who is in the house, is not moved', async () => {
  const desk = await openDesk(t, { rooms: 4 });
  const { code: cancelled, guestToken } = await desk.book();
  await desk.act(cancelled, 'cancel');
  const inHouse = await stayIn(desk, '101', 0, 1);
  await desk.act(inHouse, 'check-in');
  expect(await guestMoves(guestToken, nights(40, 41))).toMatchObject(
    refusal('invalid_transition', { bookingStatus: 'CANCELLED' }),
  );
  for (const [code, bookingStatus] of [[cancelled, 'CANCELLED'] as const, [inHouse, 'IN_HOUSE'] as const]) {
    const before = await footprintOf(t.database, code);
    const refused = await staffMoves(desk, code, nights(40, 41));
    expect(refused).toMatchObject(refusal('invalid_transition', { bookingStatus }));
    expect(await footprintOf(t.database, code)).toEqual(before);
  }
});

test('the room goes with the stay where it is free then', async () => {
  const desk = await openDesk(t, { rooms: 2 });
  const code = await stayIn(desk, '101', 30, 32);
  const moved = await staffMoves(desk, code, nights(31, 33));
  expect(moved.body).toMatchObject({ stay: { room: '101' }, assignmentVersion: 1 });
  const other = await desk.confirm(nights(32, 33));
  expect(await desk.act(other, 'assign-room', { room: '101' })).toMatchObject(refusal('room_taken'));
  const before = await desk.confirm(nights(30, 31));
  expect((await desk.act(before, 'assign-room', { room: '101' })).status).toBe(200);
});

test('the room stays behind where somebody else has it then, or it is out of order', async () => {
  const desk = await openDesk(t, { rooms: 3 });
  await stayIn(desk, '101', 40, 42);
  const taken = await stayIn(desk, '101', 30, 31);
  const body = { housekeepingStatus: 'OUT_OF_ORDER', from: daysAhead(40), to: daysAhead(42) };
  expect((await desk.call('PATCH', '/rooms/102', { body })).status).toBe(200);
  const broken = await stayIn(desk, '102', 30, 31);
  const moved = await staffMoves(desk, taken, nights(41, 42));
  expect(moved).toMatchObject({ status: 200, body: { stay: { room: null }, assignmentVersion: 2 } });
  expect(await staffMoves(desk, broken, nights(39, 41))).toMatchObject({ status: 200, body: { stay: { room: null } } });
  expect(await roomOf(desk, broken)).toBe(null);
  const newcomer = await desk.confirm(nights(30, 31));
  expect((await desk.act(newcomer, 'assign-room', { room: '101' })).status).toBe(200);
  expect(await findViolations(t.ctx)).toEqual([]);
});

test('a dry run answers what would be and writes nothing', async () => {
  const desk = await openDesk(t);
  const { code, guestToken } = await desk.book();
  const before = await footprintOf(t.database, code);
  const preview = { status: 200, headers: { 'preference-applied': 'dry-run' } };
  const body = { stay: nights(40, 43), price: { totalPayable: 30_000 } };
  const dry = { prefer: 'dry-run' };
  expect(await guestMoves(guestToken, nights(40, 43), dry)).toMatchObject({ ...preview, body });
  expect(await staffMoves(desk, code, nights(40, 43), dry)).toMatchObject({ ...preview, body });
  expect(await footprintOf(t.database, code)).toEqual(before);
});

test('an older version is 412 and changes nothing', async () => {
  const desk = await openDesk(t);
  const code = await desk.confirm();
  const first = await staffMoves(desk, code, nights(40, 41), { 'if-match': '"1"' });
  expect(first.status).toBe(200);
  const before = await footprintOf(t.database, code);
  const version = first.body.version as number;
  expect(await staffMoves(desk, code, nights(41, 42), { 'if-match': '"1"' })).toMatchObject(
    refusal('version_conflict', { version }),
  );
  expect(await footprintOf(t.database, code)).toEqual(before);
  expect((await staffMoves(desk, code, nights(41, 42), { 'if-match': `"${String(version)}"` })).status).toBe(200);
});

test('a repeat with its key gets the first answer; without one it finds the stay there already', async () => {
  const desk = await openDesk(t, { rooms: 1 });
  const { code, guestToken } = await desk.book();
  for (const [name, move] of [
    ['guest', (key: string, to: object) => guestMoves(guestToken, to, { 'idempotency-key': key })],
    ['staff', (key: string, to: object) => staffMoves(desk, code, to, { 'idempotency-key': key })],
  ] as [string, (key: string, to: object) => Promise<Answer>][]) {
    const first = await move(name, nights(40, 42));
    expect(first.status).toBe(200);
    const before = await footprintOf(t.database, code);
    const again = await move(name, nights(40, 42));
    expect(again).toMatchObject({ status: 200, headers: { 'idempotent-replayed': 'true' } });
    expect(again.body).toEqual(first.body);
    expect(await move(name, nights(41, 42))).toMatchObject(refusal('idempotency_key_reused'));
    expect(await footprintOf(t.database, code)).toEqual(before);
  }
  const same = await guestMoves(guestToken, nights(40, 42));
  expect(same).toMatchObject({ status: 200, body: { stay: nights(40, 42), price: { totalPayable: 20_000 } } });
  expect(await reservedOn(desk, 39, 40, 41, 42)).toEqual([0, 1, 1, 0]);
});

test('the guest’s link lives as long after the new end as it would have after the old', async () => {
  const desk = await openDesk(t);
  const { code, guestToken } = await desk.book(nights(10, 11));
  await desk.act(code, 'payments', { method: 'CASH', amount: 10_000 });
  expect((await guestMoves(guestToken, nights(100, 101))).status).toBe(200);
  await t.database.travel('100 days');
  expect((await t.call('GET', '/v1/guest/booking', { token: guestToken })).status).toBe(200);
});

test('afterwards nothing is there that must never be', async () => {
  const broken = (await findViolations(t.ctx)).filter(({ name }) => name !== 'overdue_holds');
  expect(broken).toEqual([]);
});
