import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { addDays } from '../../../src/domain/time/calendar.ts';
import { expireHolds } from '../../../src/services/selling/hold/expire-holds.ts';
import { startTestApp } from '../../support/server/app.ts';
import type { Answer, TestApp } from '../../support/server/app.ts';
import { appointmentBody, NINE_TO_SIX, NOW, staffSpa, TODAY } from '../../support/spa/build-spa.ts';
import type { SpaOptions, StaffedSpa } from '../../support/spa/build-spa.ts';
import { travelTo } from '../../support/database/clock.ts';
import { findViolations } from '../../support/database/invariants.ts';
import { refusal } from '../../support/http/problems.ts';
import { findAppointmentViolations } from '../../support/oracles/appointment-oracle.ts';

let t: TestApp;
const TOMORROW = addDays(TODAY, 1);

beforeAll(async () => {
  t = await startTestApp();
});
beforeEach(() => travelTo(t.database, NOW));
afterAll(() => t.close());

const alone = (options: SpaOptions = {}) => staffSpa(t, { providers: { DANIELLE: NINE_TO_SIX }, ...options });
const isFree = async (spa: StaffedSpa) => '15:00' in (await spa.slotsOn(TOMORROW));
const FULL = { property: { paymentPolicy: 'FULL' } } as const;

/** Taken, then given back: offered again, and really to be had. */
async function expectFreed(spa: StaffedSpa): Promise<void> {
  expect(await isFree(spa)).toBe(true);
  expect((await spa.book()).status).toBe(201);
}

test('a hold that ends frees its time by the sweep', async () => {
  const spa = await alone(FULL);
  const { code, guestToken } = await spa.booked();
  expect(await isFree(spa)).toBe(false);
  await travelTo(t.database, `${TODAY}T12:10:20Z`);
  expect((await expireHolds(t.ctx)).map((hold) => hold.code)).toContain(code);
  const rows = await t.database.sql(
    'SELECT is_live FROM appointments a JOIN bookings b ON b.id = a.booking_id WHERE b.code = $1',
    [code],
  );
  expect(rows).toEqual([{ is_live: false }]);
  expect((await t.call('GET', '/v1/guest/booking', { token: guestToken })).body.status).toBe('EXPIRED');
  await expectFreed(spa);
});

test('a guest who cancels frees the time', async () => {
  const spa = await alone();
  const { guestToken } = await spa.booked();
  const answer = await t.call('POST', '/v1/guest/booking/cancel', { token: guestToken, body: {} });
  expect(answer).toMatchObject({ status: 200, body: { status: 'CANCELLED' } });
  await expectFreed(spa);
});

test('staff who cancel a hold, a request or a booking free the time; again is no second time', async () => {
  for (const property of [FULL.property, { approval: 'STAFF' as const }, {}]) {
    const spa = await alone({ property });
    const { code } = await spa.booked();
    const first = await spa.act(code, 'cancel', { reason: 'ill' });
    expect(first).toMatchObject({ status: 200, body: { status: 'CANCELLED' } });
    expect(await spa.act(code, 'cancel')).toMatchObject({ status: 200, body: { version: first.body.version } });
    await expectFreed(spa);
  }
});

test('what waits for approval keeps its time; declined, it is free', async () => {
  const spa = await alone({ property: { approval: 'STAFF' } });
  const { code, booking } = await spa.booked();
  expect(booking).toMatchObject({ status: 'PENDING_APPROVAL', expiresAt: null });
  expect(await spa.book()).toMatchObject(refusal('slot_taken', { reason: 'TAKEN' }));
  const declined = await spa.act(code, 'decline', { reasonCode: 'NO_CAPACITY' });
  expect(declined).toMatchObject({ status: 200, body: { status: 'DECLINED' } });
  await expectFreed(spa);
});

test('approved, it is confirmed with its time', async () => {
  const spa = await alone({ property: { approval: 'STAFF' } });
  const { code } = await spa.booked();
  expect(await spa.act(code, 'approve')).toMatchObject({ status: 200, body: { status: 'CONFIRMED' } });
  expect(await isFree(spa)).toBe(false);
});

test('no-show is said after the start, not before, and what is left of the time is free', async () => {
  const services = { FACIAL: { slotStepMinutes: 5 }, TINY: { durationMinutes: 15 } };
  const spa = await alone({ services });
  const { code } = await spa.booked();
  expect(await spa.act(code, 'no-show')).toMatchObject(refusal('too_early'));
  await travelTo(t.database, `${TOMORROW}T21:20:00Z`);
  expect(await spa.act(code, 'no-show')).toMatchObject({ status: 200, body: { status: 'NO_SHOW' } });
  expect((await spa.book({ service: 'TINY', startsAt: `${TOMORROW}T15:30` })).status).toBe(201);
});

test('an appointment is completed from confirmed, or after checking in, without a room; owing nothing', async () => {
  const spa = await alone();
  const [one, other] = [await spa.booked({ startsAt: `${TODAY}T09:00` }), await spa.booked()];
  for (const action of ['complete', 'check-in']) {
    expect(await spa.act(other.code, action)).toMatchObject(refusal('too_early'));
  }
  await travelTo(t.database, `${TODAY}T16:10:00Z`);
  expect(await spa.act(one.code, 'complete')).toMatchObject(refusal('balance_due', { balanceDue: 12_000 }));
  await spa.act(one.code, 'payments', { method: 'CARD_TERMINAL', amount: 12_000 });
  const done = await spa.act(one.code, 'complete');
  expect(done).toMatchObject({ status: 200, body: { status: 'COMPLETED', balanceDue: 0, stay: null } });
  await travelTo(t.database, `${TOMORROW}T20:55:00Z`);
  expect(await spa.act(other.code, 'check-in')).toMatchObject({ status: 200, body: { status: 'IN_HOUSE' } });
  await travelTo(t.database, `${TOMORROW}T21:05:00Z`);
  const waived = await spa.act(other.code, 'complete', { waiveBalance: 'a voucher' });
  expect(waived).toMatchObject({ status: 200, body: { status: 'COMPLETED', waivedAmount: 12_000 } });
  expect(await spa.act(other.code, 'cancel')).toMatchObject(refusal('invalid_transition'));
});

test('a booking that is over keeps its time against whoever books into the past', async () => {
  const spa = await alone();
  const { code, booking } = await spa.booked({ startsAt: `${TODAY}T09:00` });
  await travelTo(t.database, `${TODAY}T15:30:00Z`);
  await spa.act(code, 'complete', { waiveBalance: 'done' });
  const body = appointmentBody({ startsAt: `${TODAY}T09:45`, payment: 'ON_SITE' });
  expect(await spa.call('POST', '/bookings', { body })).toMatchObject(refusal('slot_taken'));
  expect(booking.appointment.endsAt).toBe(`${TODAY}T16:00:00.000Z`);
});

const codesOf = ({ body }: Answer) => (body.items as { code: string }[]).map(({ code }) => code).toSorted();

test('lists are filtered by provider, service and kind, and by the dates an appointment touches', async () => {
  const spa = await staffSpa(t, { services: { FACIAL: {}, LASER: { durationMinutes: 45 } } });
  const facial = (await spa.booked({ provider: 'DANIELLE' })).code;
  const laser = (await spa.booked({ provider: 'DANIELLE', service: 'LASER', startsAt: `${TOMORROW}T10:00` })).code;
  const ryan = (await spa.booked({ provider: 'RYAN', startsAt: `${addDays(TODAY, 3)}T10:00` })).code;
  const list = async (query: string) => codesOf(await spa.call('GET', `/bookings?${query}`));
  expect(await list('provider=DANIELLE')).toEqual([facial, laser].toSorted());
  expect(await list('provider=RYAN')).toEqual([ryan]);
  expect(await list('service=LASER')).toEqual([laser]);
  expect(await list('provider=RYAN&service=LASER')).toEqual([]);
  expect(await list('provider=NOBODY')).toEqual([]);
  expect(await list('kind=APPOINTMENT')).toHaveLength(3);
  expect(await list('kind=STAY')).toEqual([]);
  expect(await list(`from=${addDays(TODAY, 3)}`)).toEqual([ryan]);
  expect(await list(`to=${TOMORROW}&sort=startsAt`)).toEqual([facial, laser].toSorted());
  const { body } = await spa.call('GET', '/bookings?provider=RYAN');
  expect(body.items[0]).toMatchObject({
    appointment: { provider: 'RYAN', localStart: '2027-03-04T10:00:00-06:00' },
    assignmentVersion: null,
  });
});

test('another property’s appointments are not found', async () => {
  const [here, there] = [await alone(), await alone()];
  const { code } = await here.booked();
  expect(await there.call('GET', `/bookings/${code}`)).toMatchObject(refusal('not_found'));
  expect(codesOf(await there.call('GET', '/bookings?provider=DANIELLE'))).toEqual([]);
  expect(await there.act(code, 'cancel')).toMatchObject(refusal('not_found'));
});

test('history says who did what to an appointment, from the beginning', async () => {
  const spa = await alone({ property: { approval: 'STAFF' } });
  const { code } = await spa.booked();
  await spa.act(code, 'approve');
  await spa.act(code, 'cancel', { reason: 'ill' });
  const { body } = await spa.call('GET', `/bookings/${code}/history`);
  expect(body.items).toMatchObject([
    { action: 'create', actor: { type: 'GUEST' }, to: 'PENDING_APPROVAL' },
    { action: 'approve', actor: { type: 'STAFF' }, from: 'PENDING_APPROVAL', to: 'CONFIRMED' },
    { action: 'cancel', actor: { type: 'STAFF' }, from: 'CONFIRMED', to: 'CANCELLED', reason: 'ill' },
  ]);
});

test('the feed tells of the booking, and of the provider’s time when it is taken and when it is given back', async () => {
  const services = { FACIAL: { bufferBeforeMinutes: 15, bufferAfterMinutes: 30 } };
  const spa = await alone({ services });
  const { code } = await spa.booked();
  await spa.act(code, 'cancel');
  expect(await findViolations(t.ctx)).toEqual([]);
  const { body } = await spa.call('GET', '/events');
  const time = { provider: 'DANIELLE', from: '2027-03-02T20:45:00.000Z', to: '2027-03-02T22:30:00.000Z' };
  const events = (body.items as { type: string; data: object }[]).map(({ type, data }) => ({ type, data }));
  expect(events).toMatchObject([
    { type: 'booking_created', data: { bookingCode: code, status: 'CONFIRMED' } },
    { type: 'booking_confirmed', data: { bookingCode: code, status: 'CONFIRMED' } },
    { type: 'availability_changed', data: time },
    { type: 'booking_status_changed', data: { bookingCode: code, status: 'CANCELLED' } },
    { type: 'booking_cancelled', data: { bookingCode: code, status: 'CANCELLED' } },
    { type: 'availability_changed', data: time },
  ]);
});

test('after all of it, nothing that must never be is there', async () => {
  await travelTo(t.database, `${addDays(TODAY, 4)}T12:00:00Z`);
  await expireHolds(t.ctx);
  expect(await findViolations(t.ctx)).toEqual([]);
  expect(await findAppointmentViolations(t.database)).toEqual([]);
});
