import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { addDays } from '../../../../src/domain/time/calendar.ts';
import { startTestApp } from '../../../support/server/app.ts';
import type { TestApp } from '../../../support/server/app.ts';
import { findAppointmentViolations } from '../../../support/oracles/appointment-oracle.ts';
import { guest } from '../../../support/hotel/build.ts';
import { NINE_TO_SIX, NOW, staffSpa, TODAY } from '../../../support/spa/build-spa.ts';
import type { StaffedSpa } from '../../../support/spa/build-spa.ts';
import { travelTo } from '../../../support/database/clock.ts';
import { findViolations } from '../../../support/database/invariants.ts';
import { refusal } from '../../../support/http/problems.ts';

// The emergency checklist of the med spa whose back end this replaces, one test for each of its seven points.

let t: TestApp;
let spa: StaffedSpa;
const TOMORROW = addDays(TODAY, 1);
const at = (time: string, more: Record<string, unknown> = {}) => ({
  startsAt: `${TOMORROW}T${time}`,
  provider: 'DANIELLE',
  ...more,
});

beforeAll(async () => {
  t = await startTestApp();
});
beforeEach(async () => {
  await travelTo(t.database, NOW);
  const services = { FACIAL: { durationMinutes: 60 }, BOTOX: { durationMinutes: 30 }, LASER: { durationMinutes: 45 } };
  spa = await staffSpa(t, { services, providers: { DANIELLE: NINE_TO_SIX, RYAN: NINE_TO_SIX } });
});
afterAll(() => t.close());

const reschedule = (token: string, to: object) => t.call('POST', '/v1/guest/booking/reschedule', { token, body: to });

test('1. book the same slot twice: the second is refused with 409', async () => {
  expect(await spa.book(at('15:00'))).toMatchObject({ status: 201 });
  expect(await spa.book(at('15:00'))).toMatchObject(refusal('slot_taken'));
});

test('2. book overlapping services of one provider: refused with 409', async () => {
  await spa.booked(at('15:00'));
  expect(await spa.book(at('14:45', { service: 'BOTOX' }))).toMatchObject(refusal('slot_taken'));
  expect(await spa.book(at('15:45', { service: 'LASER' }))).toMatchObject(refusal('slot_taken'));
  expect(await spa.book(at('14:30', { service: 'BOTOX' }))).toMatchObject({ status: 201 });
  expect(await spa.book(at('16:00', { service: 'LASER' }))).toMatchObject({ status: 201 });
});

test('3. cancel: the slot can be booked again', async () => {
  const { guestToken } = await spa.booked(at('15:00'));
  expect(Object.keys(await spa.slotsOn(TOMORROW, '&provider=DANIELLE'))).not.toContain('15:00');
  const cancelled = await t.call('POST', '/v1/guest/booking/cancel', { token: guestToken, body: {} });
  expect(cancelled).toMatchObject({ status: 200, body: { status: 'CANCELLED' } });
  expect(Object.keys(await spa.slotsOn(TOMORROW, '&provider=DANIELLE'))).toContain('15:00');
  expect(await spa.book(at('15:00'))).toMatchObject({ status: 201 });
});

test('4. reschedule: the old slot is free, the new one is taken, and the code stays', async () => {
  const { code, guestToken } = await spa.booked(at('15:00'));
  const moved = await reschedule(guestToken, at('11:00'));
  expect(moved).toMatchObject({ status: 200, body: { code, appointment: { provider: 'DANIELLE' } } });
  expect(moved.body.appointment.localStart).toBe(`${TOMORROW}T11:00:00-06:00`);
  expect(await spa.book(at('11:00'))).toMatchObject(refusal('slot_taken'));
  expect(await spa.book(at('15:00'))).toMatchObject({ status: 201 });
});

test('4. reschedule to a slot that is taken: refused, and nothing has changed', async () => {
  const { booking, guestToken } = await spa.booked(at('15:00'));
  await spa.booked(at('11:00'));
  expect(await reschedule(guestToken, at('11:00'))).toMatchObject(refusal('slot_taken'));
  expect((await t.call('GET', '/v1/guest/booking', { token: guestToken })).body).toEqual(booking);
  expect(await spa.book(at('15:00'))).toMatchObject(refusal('slot_taken'));
});

test('4. reschedule what is cancelled: refused', async () => {
  const { guestToken } = await spa.booked(at('15:00'));
  await t.call('POST', '/v1/guest/booking/cancel', { token: guestToken, body: {} });
  expect(await reschedule(guestToken, at('11:00'))).toMatchObject(refusal('invalid_transition'));
});

test('5. what the AI receptionist books is in the provider’s calendar, with service, start and end', async () => {
  const { body: key } = await spa.call('POST', '/api-keys', { body: { name: 'Receptionist' } });
  const args = { service: 'facial', provider: 'danielle', when: 'tomorrow at 3 pm', guest };
  const tool = `/v1/agent/properties/${spa.slug}/tools/create_booking`;
  const answer = await t.call('POST', tool, { token: key.key as string, body: args });
  expect(answer).toMatchObject({ status: 200, body: { ok: true, data: { booking: { status: 'CONFIRMED' } } } });
  const { booking } = answer.body.data;
  const calendar = await spa.call('GET', `/calendar/day?date=${TOMORROW}&provider=DANIELLE`);
  expect(calendar).toMatchObject({
    status: 200,
    body: {
      entries: [
        {
          code: booking.code,
          kind: 'APPOINTMENT',
          status: 'CONFIRMED',
          provider: 'DANIELLE',
          start: '2027-03-02T21:00:00.000Z',
          end: '2027-03-02T22:00:00.000Z',
          title: expect.stringContaining('facial'),
        },
      ],
    },
  });
  expect((await spa.call('GET', `/calendar/day?date=${TOMORROW}&provider=RYAN`)).body.entries).toEqual([]);
  const { body } = await spa.call('GET', '/bookings?provider=DANIELLE&source=AI_RECEPTIONIST');
  expect(body.items).toMatchObject([
    {
      code: booking.code,
      source: 'AI_RECEPTIONIST',
      appointment: { service: 'FACIAL', provider: 'DANIELLE', localStart: `${TOMORROW}T15:00:00-06:00` },
    },
  ]);
});

test('6. force an error: it is seen, it says what is wrong and what to do, and nothing is booked', async () => {
  const taken = await spa.booked(at('15:00'));
  const refused = await spa.book(at('15:00'));
  expect(refused.body).toMatchObject({ title: 'That time is taken', detail: `${TOMORROW}T15:00:00-06:00 is taken.` });
  expect(refused.body.alternatives.length).toBeGreaterThanOrEqual(3);
  const closed = await spa.book(at('20:00'));
  expect(closed).toMatchObject(refusal('outside_hours', { phone: '+1 312 555 0142' }));
  const unreadable = await spa.book({ startsAt: 'tomorrow at three' });
  expect(unreadable.body.errors).toEqual([{ path: 'startsAt', message: expect.stringContaining('2027-05-18T15:00') }]);
  for (const { body, headers } of [refused, closed, unreadable]) {
    expect(body.instance).toBe(headers['x-request-id']);
  }
  const outcomes = t.logged.filter(({ event, outcome }) => event === 'booking/create' && outcome !== 'ok');
  expect(outcomes).toContainEqual(expect.objectContaining({ requestId: refused.body.instance }));
  expect((await spa.call('GET', '/bookings')).body.items).toMatchObject([{ code: taken.code }]);
});

test('6. break the database: the answer says that it is our fault, and the log says where', async () => {
  await t.database.sql('ALTER TABLE appointments RENAME TO appointments_lost');
  const answer = await spa.book(at('15:00'));
  await t.database.sql('ALTER TABLE appointments_lost RENAME TO appointments');
  expect(answer).toMatchObject(refusal('internal_error'));
  expect(JSON.stringify(answer.body)).not.toMatch(/appointments|relation|SELECT/);
  expect(t.logged).toContainEqual(
    expect.objectContaining({ msg: 'internal_error', requestId: answer.body.instance, level: 50 }),
  );
  expect(await spa.book(at('15:00'))).toMatchObject({ status: 201 });
});

test('7. refresh and send again: it is the same booking', async () => {
  const headers = { 'idempotency-key': 'one-click-----------' };
  const first = await spa.book(at('15:00'), headers);
  const again = await spa.book(at('15:00'), headers);
  expect(again).toMatchObject({ status: 201, headers: { 'idempotent-replayed': 'true' }, body: first.body });
  const read = await t.call('GET', '/v1/guest/booking', { token: first.body.guestToken as string });
  expect(read.body).toEqual(first.body.booking);
  expect((await spa.call('GET', '/bookings')).body.items).toHaveLength(1);
});

test('after all of it, nothing that must never be is there', async () => {
  expect(await findViolations(t.ctx)).toEqual([]);
  expect(await findAppointmentViolations(t.database)).toEqual([]);
});
