import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp } from '../../support/server/app.ts';
import type { TestApp } from '../../support/server/app.ts';
import { findViolations } from '../../support/database/invariants.ts';
import { buildStranger } from '../../support/database/rows.ts';

let t: TestApp;

beforeAll(async () => {
  t = await startTestApp();
});
afterAll(() => t.close());

test('every pair of appointments for which a provider would be in two places is found, and no other', async () => {
  // What the database refuses is looked for too: a restored one may have lost the constraint.
  await t.database.sql('ALTER TABLE appointments DROP CONSTRAINT appointments_no_overlap');
  const stranger = await buildStranger(t.database);
  const { propertyId } = stranger;
  const provide = (code: string) =>
    stranger.insert('providers', { id: randomUUID(), property_id: propertyId, code, name: code });
  const [anna, ben] = [await provide('ANNA'), await provide('BEN')];
  const service = await stranger.insert('services', {
    id: randomUUID(),
    property_id: propertyId,
    code: 'FACIAL',
    name: 'Facial',
    duration_minutes: 60,
  });
  const appoint = async (code: string, provider: string, [from, until]: [number, number], isLive = true) => {
    const [start, end] = [from, until].map((hour) => `2027-05-14T${String(hour)}:00Z`);
    const bookingId = await stranger.insertBooking({ kind: 'APPOINTMENT', code, starts_at: start, ends_at: end });
    await stranger.insert('appointments', {
      booking_id: bookingId,
      service_id: service,
      provider_id: provider,
      adults: 1,
      children: 0,
      occupied_from: start,
      occupied_until: end,
      is_live: isLive,
    });
  };
  await appoint('LONG', anna, [10, 14]);
  await appoint('WITHIN', anna, [11, 12]);
  await appoint('AFTER-IT', anna, [13, 15]);
  await appoint('TOUCHING', anna, [15, 16]);
  await appoint('CANCELLED', anna, [10, 16], false);
  await appoint('ELSEWHERE', ben, [10, 14]);
  const found = (await findViolations(t.ctx)).find(({ name }) => name === 'overlapping_appointments');
  expect(found?.count).toBe(2);
  expect(found?.offenders.toSorted()).toEqual(['LONG of ANNA and AFTER-IT', 'LONG of ANNA and WITHIN']);
});

test('a stage that none of the payments explains is found', async () => {
  const stranger = await buildStranger(t.database);
  const book = async (code: string, stage: string, payment: Record<string, unknown> | null) => {
    const bookingId = await stranger.insertBooking({ code, payment_stage: stage });
    if (payment !== null) {
      const { propertyId } = stranger;
      const row = { id: randomUUID(), booking_id: bookingId, property_id: propertyId, amount: 100, currency: 'EUR' };
      await stranger.insert('payments', { ...row, provider: 'STRIPE', method: 'CARD', purpose: 'BOOKING', ...payment });
    }
  };
  // A late payment was voided; the booking went on showing the session.
  await book('SHOWS-SESSION', 'SESSION_CREATED', { stage: 'VOIDED' });
  await book('SHOWS-VOID', 'VOIDED', { stage: 'VOIDED' });
  await book('NEVER-FAILED', 'FAILED', null);
  await book('NEVER-PAID', 'CAPTURED', null);
  await book('NEVER-REFUNDED', 'REFUNDED', { stage: 'FAILED' });
  await book('HIDES-CAPTURE', 'FAILED', { stage: 'CAPTURING' });
  await book('HIDES-HOLD', 'NONE', { stage: 'AUTHORIZED' });
  const found = (await findViolations(t.ctx)).find(({ name }) => name === 'booking_stage_against_payment');
  expect(found?.offenders.map((offender) => offender.split(':')[0]).toSorted()).toEqual([
    ...['HIDES-CAPTURE', 'HIDES-HOLD', 'NEVER-FAILED', 'NEVER-PAID', 'NEVER-REFUNDED', 'SHOWS-SESSION'],
  ]);
});
