import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { addDays } from '../../../../src/domain/time/calendar.ts';
import { startTestApp } from '../../../support/server/app.ts';
import type { TestApp } from '../../../support/server/app.ts';
import { NINE_TO_SIX, NOW, staffSpa, TODAY } from '../../../support/spa/build-spa.ts';
import type { StaffedSpa } from '../../../support/spa/build-spa.ts';
import { travelTo } from '../../../support/database/clock.ts';
import { refusal } from '../../../support/http/problems.ts';

interface Alternative {
  readonly startsAt: string;
  readonly localStart: string;
  readonly provider: string;
}

let t: TestApp;
const TOMORROW = addDays(TODAY, 1);
const FULL = { property: { paymentPolicy: 'FULL' } } as const;
const ALONE = { providers: { DANIELLE: NINE_TO_SIX } };

beforeAll(async () => {
  t = await startTestApp();
});
beforeEach(() => travelTo(t.database, NOW));
afterAll(() => t.close());

/** Each can be booked as it is told: by a guest, at this moment. */
async function expectBookable(
  spa: StaffedSpa,
  alternatives: readonly Alternative[],
  service = 'FACIAL',
): Promise<void> {
  for (const { startsAt, localStart, provider } of alternatives) {
    expect(Date.parse(localStart)).toBe(Date.parse(startsAt));
    const answer = await spa.book({ service, startsAt: localStart, provider }, { prefer: 'dry-run' });
    expect(answer).toMatchObject({ status: 200, body: { booking: { appointment: { provider, startsAt } } } });
  }
}

test('who comes second is told that it is held, until when, and what else there is: first the same time with another', async () => {
  const spa = await staffSpa(t, FULL);
  const { booking } = await spa.booked({ provider: 'DANIELLE' });
  const answer = await spa.book({ provider: 'DANIELLE' });
  expect(answer).toMatchObject(refusal('slot_taken', { reason: 'HELD', heldUntil: booking.expiresAt }));
  const alternatives = answer.body.alternatives as Alternative[];
  expect(alternatives.length).toBeGreaterThanOrEqual(3);
  expect(alternatives[0]).toEqual({
    startsAt: '2027-03-02T21:00:00.000Z',
    localStart: '2027-03-02T15:00:00-06:00',
    provider: 'RYAN',
  });
  await expectBookable(spa, alternatives);
});

test('at other times, who was asked for comes before who else is free', async () => {
  const spa = await staffSpa(t, { services: { FACIAL: { slotStepMinutes: 60 } } });
  await spa.booked({ provider: 'RYAN' });
  const { body } = await spa.book({ provider: 'RYAN' });
  const alternatives = body.alternatives as Alternative[];
  expect(alternatives.map(({ localStart, provider }) => `${localStart.slice(11, 16)} ${provider}`)).toEqual([
    ...['15:00 DANIELLE', '14:00 RYAN', '16:00 RYAN', '13:00 RYAN', '17:00 RYAN'],
  ]);
  await expectBookable(spa, alternatives);
});

test('what is booked for good is TAKEN, and has no end to wait for', async () => {
  const spa = await staffSpa(t, ALONE);
  await spa.booked();
  const answer = await spa.book();
  expect(answer).toMatchObject(refusal('slot_taken', { reason: 'TAKEN', heldUntil: null }));
  const alternatives = answer.body.alternatives as Alternative[];
  expect(alternatives.map(({ localStart }) => localStart.slice(11, 16)).toSorted()).toEqual([
    ...['13:30', '13:45', '14:00', '16:00', '16:15'],
  ]);
  await expectBookable(spa, alternatives);
});

test('with nobody named, the hold that ends first is the one to wait for', async () => {
  const spa = await staffSpa(t, FULL);
  const first = await spa.booked({ provider: 'RYAN' });
  await travelTo(t.database, `${TODAY}T12:05:00Z`);
  await spa.booked({ provider: 'DANIELLE' });
  expect(await spa.book()).toMatchObject(refusal('slot_taken', { reason: 'HELD', heldUntil: first.booking.expiresAt }));
});

test('a hold that is in the way of the buffers alone is told as well', async () => {
  const services = { FACIAL: { bufferBeforeMinutes: 15, bufferAfterMinutes: 30 }, QUICK: { durationMinutes: 15 } };
  const spa = await staffSpa(t, { ...FULL, ...ALONE, services });
  const { booking } = await spa.booked({ service: 'QUICK', startsAt: `${TOMORROW}T12:00` });
  const held = refusal('slot_taken', { reason: 'HELD', heldUntil: booking.expiresAt });
  // Until 11:45 with the buffer until 12:15; and from 12:15, with the buffer from noon.
  expect(await spa.book({ startsAt: `${TOMORROW}T10:45` })).toMatchObject(held);
  expect(await spa.book({ startsAt: `${TOMORROW}T12:15` })).toMatchObject(held);
  expect((await spa.book({ startsAt: `${TOMORROW}T10:30` })).status).toBe(201);
  expect((await spa.book({ startsAt: `${TOMORROW}T12:30` })).status).toBe(201);
});

test('a hold of who works here no longer is nothing to wait for', async () => {
  const spa = await staffSpa(t, FULL);
  await spa.booked({ provider: 'RYAN' });
  await t.database.sql('UPDATE providers SET is_active = false WHERE id = $1', [spa.providerIds['RYAN']]);
  const { code } = await spa.booked({ provider: 'DANIELLE' });
  await spa.act(code, 'payments', { method: 'CASH', amount: 12_000 });
  expect(await spa.book()).toMatchObject(refusal('slot_taken', { reason: 'TAKEN', heldUntil: null }));
});

test('alternatives are of who does the service, and not before the notice or after the window', async () => {
  const services = { FACIAL: { minNoticeMinutes: 60 }, LASER: {} };
  const providers = { DANIELLE: NINE_TO_SIX, RYAN: NINE_TO_SIX };
  const spa = await staffSpa(t, { services, providers, does: { RYAN: ['LASER'] }, property: { bookingWindowDays: 1 } });
  await travelTo(t.database, `${TODAY}T15:10:00Z`);
  await spa.booked({ startsAt: `${TODAY}T10:15` });
  const { body } = await spa.book({ startsAt: `${TODAY}T10:15` });
  const alternatives = body.alternatives as Alternative[];
  expect(alternatives.map(({ localStart }) => localStart.slice(11, 16))).toEqual([
    ...['11:15', '11:30', '11:45', '12:00', '12:15'],
  ]);
  expect(new Set(alternatives.map(({ provider }) => provider))).toEqual(new Set(['DANIELLE']));
  await expectBookable(spa, alternatives);
});

test('where there is one start a week, three alternatives are still found', async () => {
  const spa = await staffSpa(t, { providers: { DANIELLE: [{ fromMinute: 540, toMinute: 600 }] } });
  await t.database.sql('DELETE FROM provider_hours WHERE provider_id = $1 AND weekday <> 2', [
    spa.providerIds['DANIELLE'],
  ]);
  await spa.booked({ startsAt: `${TOMORROW}T09:00` });
  const answer = await spa.book({ startsAt: `${TOMORROW}T09:00` });
  expect(answer).toMatchObject(refusal('slot_taken'));
  const alternatives = answer.body.alternatives as Alternative[];
  expect(alternatives.map(({ localStart }) => localStart.slice(0, 10)).slice(0, 3)).toEqual([
    ...['2027-03-09', '2027-03-16', '2027-03-23'],
  ]);
  await expectBookable(spa, alternatives);
});

test('where nothing else can be had, no alternatives are made up', async () => {
  const providers = { DANIELLE: [{ fromMinute: 540, toMinute: 600 }] };
  const spa = await staffSpa(t, { providers, property: { bookingWindowDays: 1 } });
  await travelTo(t.database, `${TODAY}T15:30:00Z`);
  await spa.booked({ startsAt: `${TOMORROW}T09:00` });
  const answer = await spa.book({ startsAt: `${TOMORROW}T09:00` });
  expect(answer).toMatchObject(refusal('slot_taken', { alternatives: [] }));
});

test('staff are told alternatives as well', async () => {
  const spa = await staffSpa(t, ALONE);
  const { booking } = await spa.booked();
  const body = { kind: 'APPOINTMENT', service: 'FACIAL', startsAt: booking.startsAt, guest: booking.guest };
  const answer = await spa.call('POST', '/bookings', { body });
  expect(answer).toMatchObject(refusal('slot_taken', { reason: 'TAKEN' }));
  await expectBookable(spa, answer.body.alternatives);
});

test('a hold that has ended is not in the way, though no sweep has run; it is told as ended', async () => {
  const spa = await staffSpa(t, { ...FULL, ...ALONE });
  const { guestToken } = await spa.booked();
  expect(await spa.book()).toMatchObject(refusal('slot_taken', { reason: 'HELD' }));
  await travelTo(t.database, `${TODAY}T12:11:00Z`);
  expect((await spa.book()).status).toBe(201);
  const first = await t.call('GET', '/v1/guest/booking', { token: guestToken });
  expect(first.body).toMatchObject({ status: 'EXPIRED', expiresAt: null, reservationSecondsLeft: null });
});

test('a long hold that has ended gives way to two short ones', async () => {
  const services = { FACIAL: {}, LONG: { durationMinutes: 240 } };
  const spa = await staffSpa(t, { ...FULL, ...ALONE, services });
  await spa.booked({ service: 'LONG', startsAt: `${TOMORROW}T12:00` });
  await travelTo(t.database, `${TODAY}T12:11:00Z`);
  expect((await spa.book({ startsAt: `${TOMORROW}T12:00` })).status).toBe(201);
  expect((await spa.book({ startsAt: `${TOMORROW}T14:00` })).status).toBe(201);
});
