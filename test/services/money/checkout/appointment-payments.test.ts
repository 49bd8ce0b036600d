import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { expireHolds } from '../../../../src/services/selling/hold/expire-holds.ts';
import type { Answer } from '../../../support/server/app.ts';
import { findAppointmentViolations } from '../../../support/oracles/appointment-oracle.ts';
import { daysAhead } from '../../../support/hotel/build.ts';
import { appointmentBody, NINE_TO_SIX, staffSpa } from '../../../support/spa/build-spa.ts';
import type { StaffedSpa } from '../../../support/spa/build-spa.ts';
import { findViolations } from '../../../support/database/invariants.ts';
import { refusal } from '../../../support/http/problems.ts';
import { startPayingApp } from '../../../support/sandbox/sandbox.ts';
import type { PayingApp } from '../../../support/sandbox/sandbox.ts';

let t: PayingApp;

beforeAll(async () => {
  t = await startPayingApp();
});
afterEach(async () => {
  await t.control('POST', '/delivery', { paused: false });
  await t.database.travel('0');
});
afterAll(() => t.close());

const aMonthAhead = { startsAt: `${daysAhead(30)}T15:00` };
const open = (spa: StaffedSpa) => t.bookAndOpen(spa.path, appointmentBody(aMonthAhead));
const selling = (property: object = {}) =>
  staffSpa(t, { property: { paymentPolicy: 'FULL', ...property }, providers: { DANIELLE: NINE_TO_SIX } });
const paymentsOf = async (spa: StaffedSpa, code: string) =>
  ((await spa.call('GET', `/bookings/${code}`)).body.payments as { stage: string }[]).map(({ stage }) => stage);
const isFree = async (spa: StaffedSpa) => (await spa.book(aMonthAhead, { prefer: 'dry-run' })).status === 200;

test('a paid hold is captured and confirmed', async () => {
  const spa = await selling();
  const { url, guestToken, code } = await open(spa);
  await t.payOn(url);
  await t.reaches(guestToken, { status: 'CONFIRMED', paymentStage: 'CAPTURED', paidAmount: 12_000, balanceDue: 0 });
  expect(await paymentsOf(spa, code)).toEqual(['CAPTURED']);
});

test('of a deposit only the deposit is taken, the rest is due at the place', async () => {
  const depositPolicy = { type: 'PERCENT', value: 2_500 };
  const spa = await selling({ paymentPolicy: 'DEPOSIT', depositPolicy });
  const { url, guestToken, code } = await open(spa);
  await t.payOn(url);
  await t.reaches(guestToken, { status: 'CONFIRMED', paidAmount: 3_000, balanceDue: 9_000 });
  await spa.act(code, 'payments', { method: 'CASH', amount: 9_000 });
  expect(await spa.call('GET', `/bookings/${code}`)).toMatchObject({ body: { status: 'CONFIRMED', balanceDue: 0 } });
});

test('where staff approve, the time is kept while they decide; declined, the money goes back and the time is free', async () => {
  const spa = await selling({ approval: 'STAFF' });
  const { url, guestToken, code } = await open(spa);
  await t.payOn(url);
  await t.reaches(guestToken, { status: 'PENDING_APPROVAL', paymentStage: 'AUTHORIZED' });
  await t.database.travel('11 minutes');
  await expireHolds(t.ctx);
  expect(await isFree(spa)).toBe(false);
  const declined = await spa.act(code, 'decline', { reasonCode: 'NO_CAPACITY' });
  expect(declined).toMatchObject({ status: 200, body: { status: 'DECLINED', paymentStage: 'VOIDED' } });
  expect(await isFree(spa)).toBe(true);
});

test('a guest who cancels what is paid gets the money back, and the time is free', async () => {
  const spa = await selling();
  const { url, guestToken } = await open(spa);
  await t.payOn(url);
  await t.reaches(guestToken, { status: 'CONFIRMED' });
  const cancelled = await t.call('POST', '/v1/guest/booking/cancel', { token: guestToken });
  expect(cancelled).toMatchObject({ status: 200, body: { status: 'CANCELLED', paidAmount: 0 } });
  expect(await isFree(spa)).toBe(true);
});

test.each(['AUTOMATIC', 'STAFF'] as const)(
  'where approval is %s, a payment that comes after the hold has ended revives it while its time is free',
  async (approval) => {
    const spa = await selling({ approval });
    const { url, guestToken, code } = await open(spa);
    await t.control('POST', '/delivery', { paused: true });
    await t.payOn(url);
    await t.database.travel('11 minutes');
    await expireHolds(t.ctx);
    expect(await isFree(spa)).toBe(true);
    await t.control('POST', '/delivery', { paused: false });
    await t.reaches(guestToken, { status: approval === 'STAFF' ? 'PENDING_APPROVAL' : 'CONFIRMED' });
    expect(await isFree(spa)).toBe(false);
    const { body } = await spa.call('GET', `/bookings/${code}/history`);
    const actions = (body.items as { action: string }[]).map(({ action }) => action);
    expect(actions).toEqual(expect.arrayContaining(['create', 'expire', 'revive']));
  },
);

test('a payment that comes when another has the time is voided: the guest keeps the money, the other the time', async () => {
  const spa = await selling();
  const { url, guestToken, code } = await open(spa);
  await t.control('POST', '/delivery', { paused: true });
  await t.payOn(url);
  await t.database.travel('11 minutes');
  const second = await spa.booked(aMonthAhead);
  await t.control('POST', '/delivery', { paused: false });
  await t.reachesWebhooks(code, 1);
  await t.settle();
  await t.reaches(guestToken, { status: 'EXPIRED', paidAmount: 0 });
  expect(await paymentsOf(spa, code)).toEqual(['VOIDED']);
  expect((await spa.call('GET', `/bookings/${second.code}`)).body.status).toBe('PENDING_PAYMENT');
});

test('a payment is voided as well when a part of the time is taken, by the buffers of another service', async () => {
  const spa = await staffSpa(t, {
    property: { paymentPolicy: 'FULL' },
    providers: { DANIELLE: NINE_TO_SIX },
    services: { FACIAL: {}, PEEL: { bufferAfterMinutes: 30, paymentPolicy: 'NONE' } },
  });
  const { url, guestToken, code } = await open(spa);
  await t.control('POST', '/delivery', { paused: true });
  await t.payOn(url);
  await t.database.travel('11 minutes');
  await spa.booked({ service: 'PEEL', startsAt: `${daysAhead(30)}T13:45` });
  await t.control('POST', '/delivery', { paused: false });
  await t.reachesWebhooks(code, 1);
  await t.settle();
  await t.reaches(guestToken, { status: 'EXPIRED' });
  expect(await paymentsOf(spa, code)).toEqual(['VOIDED']);
});

/** A payment that the server only hears of once the hold has ended and staff have made a change; answers what the change did. */
async function payLate(spa: StaffedSpa, change: () => Promise<Answer>): Promise<{ code: string; changed: Answer }> {
  const { url, code } = await open(spa);
  await t.control('POST', '/delivery', { paused: true });
  await t.payOn(url);
  await t.database.travel('11 minutes');
  await expireHolds(t.ctx);
  const changed = await change();
  await t.control('POST', '/delivery', { paused: false });
  await t.reachesWebhooks(code, 1);
  await t.settle();
  return { code, changed };
}

const timeOff = { startsAt: `${daysAhead(30)}T15:30`, endsAt: `${daysAhead(30)}T20:00` };
test.each([
  ['has that time off', 'POST', '/providers/DANIELLE/time-off', timeOff],
  ['has gone home by then', 'PUT', '/providers/DANIELLE/hours', { weekly: [] }],
  ['has left', 'PATCH', '/providers/DANIELLE', { isActive: false }],
  ['does the service no more', 'PATCH', '/providers/DANIELLE', { services: [] }],
  ['did a service that has ended', 'PATCH', '/services/FACIAL', { isActive: false }],
] as const)('a payment that comes when the provider %s is voided', async (_, method, path, body) => {
  const spa = await selling();
  const { code, changed } = await payLate(spa, () => spa.call(method, path, { body }));
  expect(changed.body.strandedAppointments).toEqual([]);
  expect((await spa.call('GET', `/bookings/${code}`)).body).toMatchObject({ status: 'EXPIRED', paidAmount: 0 });
  expect(await paymentsOf(spa, code)).toEqual(['VOIDED']);
});

test('a payment that comes late buys what was sold, though the service is longer and asked for earlier now', async () => {
  const spa = await selling();
  const body = { durationMinutes: 240, minNoticeMinutes: 43_200, bookingWindowDays: 31, slotStepMinutes: 240 };
  const { code, changed } = await payLate(spa, () => spa.call('PATCH', '/services/FACIAL', { body }));
  expect(changed.status).toBe(200);
  expect((await spa.call('GET', `/bookings/${code}`)).body).toMatchObject({ status: 'CONFIRMED', paidAmount: 12_000 });
});

test('a hold whose money is on its way is not taken over, however late it is', async () => {
  const spa = await selling({ approval: 'STAFF' });
  const { url, guestToken } = await open(spa);
  await t.payOn(url);
  await t.reaches(guestToken, { status: 'PENDING_APPROVAL' });
  await t.database.travel('3 hours');
  expect(await spa.book(aMonthAhead)).toMatchObject(refusal('slot_taken', { reason: 'TAKEN', heldUntil: null }));
});

test('after all of it, nothing that must never be is there', async () => {
  await t.settle();
  await expireHolds(t.ctx);
  expect(await findViolations(t.ctx)).toEqual([]);
  expect(await findAppointmentViolations(t.database)).toEqual([]);
});
