import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { addDays } from '../../../../src/domain/time/calendar.ts';
import { declineUndecided } from '../../../../src/services/desk/decision/decline-undecided.ts';
import { refusal } from '../../../support/http/problems.ts';
import { daysAhead, stayBody } from '../../../support/hotel/build.ts';
import { openDesk } from '../../../support/hotel/desk.ts';
import { startTestApp } from '../../../support/server/app.ts';
import type { TestApp } from '../../../support/server/app.ts';
import { staffSpa } from '../../../support/spa/build-spa.ts';
import { travelTo } from '../../../support/database/clock.ts';

// Check-in is at 15:00 and check-out at 11:00 in Dublin, which is UTC in winter: the dates are of January.

let t: TestApp;
beforeAll(async () => {
  t = await startTestApp();
});
afterEach(() => t.database.travel('0 minutes'));
afterAll(() => t.close());

const year = Number(daysAhead(60).slice(0, 4)) + 1;
const ARRIVAL = `${String(year)}-01-20`;
const DEPARTURE = addDays(ARRIVAL, 1);
const nights = { checkIn: ARRIVAL, checkOut: DEPARTURE };
const at = (date: string, time: string) => travelTo(t.database, `${date}T${time}:00Z`);
const openHotel = (property: Parameters<typeof openDesk>[1] = {}) =>
  openDesk(t, { rooms: 2, ...property, property: { bookingWindowDays: 730, ...property.property } });

test('a guest who comes at half past midnight is given a room and let in, until check-out time', async () => {
  await at(addDays(ARRIVAL, -1), '12:00');
  const desk = await openHotel();
  const [late, tooLate] = [await desk.confirm(nights), await desk.confirm(nights)];
  await at(DEPARTURE, '00:30');
  const rooms = await desk.call('GET', `/bookings/${late}/assignable-rooms`);
  expect(rooms.body.items.map(({ number }: { number: string }) => number)).toEqual(['101', '102']);
  expect(await desk.act(late, 'assign-room', { room: '101' })).toMatchObject({ status: 200 });
  expect(await desk.act(late, 'check-in', {})).toMatchObject({ status: 200, body: { status: 'IN_HOUSE' } });
  await at(DEPARTURE, '10:59');
  expect(await desk.act(tooLate, 'assign-room', { room: '102' })).toMatchObject({ status: 200 });
  await at(DEPARTURE, '11:01');
  expect((await desk.call('GET', `/bookings/${tooLate}/assignable-rooms`)).body.items).toEqual([]);
  expect(await desk.act(tooLate, 'unassign-room', {})).toMatchObject({ status: 200 });
  expect(await desk.act(tooLate, 'assign-room', { room: '102' })).toMatchObject(refusal('past_time'));
  expect(await desk.act(tooLate, 'check-in', {})).toMatchObject(refusal('past_time'));
});

test('staff sell the night under way until check-out time, and nobody else does', async () => {
  await at(ARRIVAL, '12:00');
  const desk = await openHotel();
  const walkIn = () => desk.call('POST', '/bookings', { body: stayBody({ ...nights, payment: 'ON_SITE' }) });
  await at(DEPARTURE, '00:30');
  expect(await t.call('POST', `${desk.hotel.path}/bookings`, { body: stayBody(nights) })).toMatchObject(
    refusal('past_time'),
  );
  const { status, body } = await walkIn();
  expect(status).toBe(201);
  expect(await desk.act(body.booking.code, 'assign-room', { room: '101' })).toMatchObject({ status: 200 });
  expect(await desk.act(body.booking.code, 'check-in', {})).toMatchObject({ status: 200 });
  await at(DEPARTURE, '11:01');
  expect(await walkIn()).toMatchObject(refusal('past_time'));
});

test('a request is approved until the stay ends, and declined by the system then at the latest', async () => {
  await at(ARRIVAL, '12:00');
  const desk = await openHotel({ property: { paymentPolicy: 'NONE', approval: 'STAFF' } });
  await at(DEPARTURE, '10:00');
  const walkIn = { ...nights, guest: stayBody()['guest'], payment: 'LINK' };
  const { body } = await desk.call('POST', '/bookings', { body: stayBody(walkIn) });
  expect(body.booking.status).toBe('PENDING_APPROVAL');
  await at(DEPARTURE, '11:01');
  expect(await desk.act(body.booking.code, 'approve', {})).toMatchObject(refusal('too_late'));
  const cash = { method: 'CASH', amount: 10_000 };
  expect(await desk.act(body.booking.code, 'payments', cash)).toMatchObject(refusal('hold_expired'));
  expect(await declineUndecided(t.ctx)).toContain(body.booking.code);
  expect((await desk.call('GET', `/bookings/${body.booking.code}`)).body).toMatchObject({
    status: 'DECLINED',
    declineReasonCode: 'NOT_DECIDED_IN_TIME',
  });
});

test('an appointment that nobody decided on can not be approved once it has begun', async () => {
  const spa = await staffSpa(t, { property: { approval: 'STAFF' } });
  const { code, booking } = await spa.booked({ startsAt: `${daysAhead(10)}T15:00` });
  expect(booking.status).toBe('PENDING_APPROVAL');
  await travelTo(t.database, new Date(Date.parse(booking.appointment.startsAt) + 60_000).toISOString());
  expect(await spa.act(code, 'approve', {})).toMatchObject(refusal('too_late'));
  await declineUndecided(t.ctx);
  expect((await spa.call('GET', `/bookings/${code}`)).body.status).toBe('DECLINED');
});

test('guests cancel until the start; after it staff do, with a reason, and the policy refunds nothing', async () => {
  await at(addDays(ARRIVAL, -3), '12:00');
  const desk = await openHotel();
  const { code, guestToken } = await desk.book(nights);
  expect(await desk.act(code, 'payments', { method: 'CASH', amount: 10_000 })).toMatchObject({ status: 200 });
  const ask = (method: 'GET' | 'POST', path: string) =>
    t.call(method, `/v1/guest/booking/${path}`, { token: guestToken, ...(method === 'POST' && { body: {} }) });
  expect((await ask('GET', 'cancellation-quote')).body).toMatchObject({ refundAmount: 10_000 });
  await at(ARRIVAL, '15:01');
  expect(await ask('GET', 'cancellation-quote')).toMatchObject(refusal('too_late'));
  expect(await ask('POST', 'cancel')).toMatchObject(refusal('too_late'));
  expect(await desk.act(code, 'cancel', {})).toMatchObject(
    refusal('validation_failed', { errors: [expect.objectContaining({ path: 'reason' })] }),
  );
  const { status, body } = await desk.act(code, 'cancel', { reason: 'burst pipe' });
  expect(status).toBe(200);
  expect(body).toMatchObject({ status: 'CANCELLED', refunds: [] });
});

test('a hold ends at the latest when its time has passed, also after it was moved', async () => {
  await at(ARRIVAL, '12:00');
  const hotel = await openHotel({ property: { holdMinutes: 60 } });
  await at(DEPARTURE, '10:30');
  const held = await hotel.call('POST', '/bookings', { body: stayBody({ ...nights, payment: 'LINK' }) });
  expect(held.body.booking).toMatchObject({ status: 'PENDING_PAYMENT', expiresAt: `${DEPARTURE}T11:00:00.000Z` });
  const spa = await staffSpa(t, { property: { paymentPolicy: 'FULL', holdMinutes: 60, minNoticeMinutes: 0 } });
  const day = daysAhead(20);
  await travelTo(t.database, new Date(Date.parse(`${day}T17:50:00Z`)).toISOString());
  const { booking, code } = await spa.booked({ startsAt: `${day}T14:00` });
  expect(Date.parse(booking.expiresAt)).toBe(Date.parse(booking.createdAt) + 60 * 60_000);
  const moved = await spa.act(code, 'reschedule', { startsAt: `${day}T12:15` });
  expect(moved.status).toBe(200);
  expect(moved.body.expiresAt).toBe(moved.body.appointment.startsAt);
});

test('approval is that of the day the booking was made', async () => {
  const desk = await openHotel({
    property: { paymentPolicy: 'DEPOSIT', depositPolicy: { type: 'PERCENT', value: 2_000 } },
  });
  const { code, booking } = await desk.book();
  expect(await desk.call('PATCH', '', { body: { approval: 'STAFF' } })).toMatchObject({ status: 200 });
  const deposit = booking.price.depositDue as number;
  const paid = await desk.act(code, 'payments', { method: 'CASH', amount: deposit });
  expect(paid.body).toMatchObject({ status: 'CONFIRMED' });
});

test('an appointment is completed from its start on, also when the guest came early', async () => {
  const spa = await staffSpa(t);
  const { code, booking } = await spa.booked({ startsAt: `${daysAhead(10)}T15:00` });
  const start = Date.parse(booking.appointment.startsAt);
  await travelTo(t.database, new Date(start - 60 * 60_000).toISOString());
  expect(await spa.act(code, 'check-in', {})).toMatchObject({ status: 200 });
  expect(await spa.act(code, 'complete', {})).toMatchObject(refusal('too_early'));
  await travelTo(t.database, new Date(start + 60_000).toISOString());
  expect(await spa.act(code, 'complete', { waiveBalance: 'a gift' })).toMatchObject({ status: 200 });
});

test('the guest of an appointment is checked in until it ends', async () => {
  const spa = await staffSpa(t);
  const { code, booking } = await spa.booked({ startsAt: `${daysAhead(10)}T15:00` });
  const end = Date.parse(booking.appointment.endsAt);
  await travelTo(t.database, new Date(end + 60_000).toISOString());
  expect(await spa.act(code, 'check-in', {})).toMatchObject(refusal('past_time'));
  await travelTo(t.database, new Date(end - 60_000).toISOString());
  expect(await spa.act(code, 'check-in', {})).toMatchObject({ status: 200 });
});

test('a guest who overstays stands in the calendar and in the list until check-out', async () => {
  await at(ARRIVAL, '16:00');
  const desk = await openHotel();
  const code = await desk.confirm(nights);
  await desk.act(code, 'assign-room', { room: '101' });
  await desk.act(code, 'check-in', {});
  const dayAfter = addDays(DEPARTURE, 1);
  await at(dayAfter, '09:00');
  const { body } = await desk.call('GET', `/calendar/day?date=${dayAfter}`);
  expect(body.entries).toMatchObject([{ code, status: 'IN_HOUSE', room: '101' }]);
  const list = await desk.call('GET', `/bookings?from=${dayAfter}&to=${dayAfter}`);
  expect(list.body.items).toMatchObject([{ code }]);
  const later = await desk.call('GET', `/calendar/day?date=${addDays(dayAfter, 5)}`);
  expect(later.body.entries).toEqual([]);
});

test('a new property refunds everything until a day before the start, then nothing', async () => {
  const desk = await openHotel();
  expect((await desk.call('GET', '')).body.cancellationPolicy).toEqual({
    tiers: [{ hoursBefore: 24, refundPercent: 100 }],
  });
});
