import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { addDays } from '../../../../src/domain/time/calendar.ts';
import { startTestApp } from '../../../support/server/app.ts';
import type { TestApp } from '../../../support/server/app.ts';
import { NOW, staffSpa, TODAY } from '../../../support/spa/build-spa.ts';
import type { StaffedSpa } from '../../../support/spa/build-spa.ts';
import { travelTo } from '../../../support/database/clock.ts';
import { footprintOf } from '../../../support/database/footprint.ts';
import { findViolations } from '../../../support/database/invariants.ts';
import { refusal } from '../../../support/http/problems.ts';

let t: TestApp;
const TOMORROW = addDays(TODAY, 1);
const at = (time: string, date = TOMORROW) => `${date}T${time}`;
const HELD = { paymentPolicy: 'FULL' } as const;

beforeAll(async () => {
  t = await startTestApp();
});
beforeEach(() => travelTo(t.database, NOW));
afterAll(() => t.close());

const guestMoves = (token: string, body: object, headers = {}) =>
  t.call('POST', '/v1/guest/booking/reschedule', { token, body, headers });
const staffMoves = (spa: StaffedSpa, code: string, body: object, headers = {}) =>
  spa.call('POST', `/bookings/${code}/reschedule`, { body, headers });

test.each(['guest', 'staff'] as const)(
  'a %s moves an appointment: the old time is free again, the new one taken',
  async (who) => {
    const spa = await staffSpa(t, { providers: { DANIELLE: [{ fromMinute: 540, toMinute: 1_080 }] } });
    const { code, guestToken } = await spa.booked({ startsAt: at('15:00') });
    const to = { startsAt: at('10:00') };
    const moved = who === 'guest' ? await guestMoves(guestToken, to) : await staffMoves(spa, code, to);
    expect(moved).toMatchObject({
      status: 200,
      body: {
        code,
        status: 'CONFIRMED',
        startsAt: '2027-03-02T16:00:00.000Z',
        endsAt: '2027-03-02T17:00:00.000Z',
        appointment: { provider: 'DANIELLE', service: 'FACIAL', localStart: '2027-03-02T10:00:00-06:00' },
      },
    });
    const free = Object.keys(await spa.slotsOn(TOMORROW));
    expect(free).toContain('15:00');
    for (const taken of ['09:15', '10:00', '10:45']) expect(free).not.toContain(taken);
    expect(free).toContain('11:00');
    expect((await spa.book({ startsAt: at('10:00') })).status).toBe(409);
    expect((await spa.book({ startsAt: at('15:00') })).status).toBe(201);
  },
);

test('a start may overlap the booking’s own old time, buffers and all', async () => {
  const services = { FACIAL: { bufferBeforeMinutes: 30, bufferAfterMinutes: 30 } };
  const spa = await staffSpa(t, { services, providers: { DANIELLE: [{ fromMinute: 540, toMinute: 1_080 }] } });
  const { code } = await spa.booked({ startsAt: at('15:00') });
  expect((await staffMoves(spa, code, { startsAt: at('15:15') })).status).toBe(200);
  const [row] = await t.database.sql(
    `SELECT occupied_from AS "from", occupied_until AS until FROM appointments a JOIN bookings b ON b.id = a.booking_id WHERE code = $1`,
    [code],
  );
  expect(row).toEqual({ from: new Date('2027-03-02T20:45:00Z'), until: new Date('2027-03-02T22:45:00Z') });
});

test('who had it keeps it when nobody is named, though another has less to do', async () => {
  const spa = await staffSpa(t);
  const { code, guestToken } = await spa.booked({ provider: 'RYAN' });
  await spa.booked({ provider: 'RYAN', startsAt: at('09:00') });
  expect((await guestMoves(guestToken, { startsAt: at('11:00') })).body).toMatchObject({
    appointment: { provider: 'RYAN' },
  });
  const named = await guestMoves(guestToken, { startsAt: at('11:00'), provider: 'DANIELLE' });
  expect(named.body).toMatchObject({ code, appointment: { provider: 'DANIELLE' } });
  // RYAN has another at nine: whoever is free takes over.
  expect((await staffMoves(spa, code, { startsAt: at('11:00'), provider: 'RYAN' })).status).toBe(200);
  expect((await guestMoves(guestToken, { startsAt: at('09:30') })).body).toMatchObject({
    appointment: { provider: 'DANIELLE' },
  });
});

test('the history says which provider it was and which it is, and the feed whose time has changed', async () => {
  const spa = await staffSpa(t);
  const { code } = await spa.booked({ provider: 'RYAN' });
  await staffMoves(spa, code, { startsAt: at('10:00'), provider: 'DANIELLE' });
  const { items } = (await spa.call('GET', `/bookings/${code}/history`)).body;
  expect(items.at(-1)).toMatchObject({
    action: 'reschedule',
    from: 'CONFIRMED',
    to: 'CONFIRMED',
    actor: { type: 'STAFF' },
    changes: {
      startsAt: ['2027-03-02T21:00:00.000Z', '2027-03-02T16:00:00.000Z'],
      provider: ['RYAN', 'DANIELLE'],
      totalPayable: [12_000, 12_000],
    },
  });
  expect(await findViolations(t.ctx)).toEqual([]);
  const events = (await spa.call('GET', '/events')).body.items as { type: string; data: { provider?: string } }[];
  expect(events.filter(({ type }) => type === 'booking_rescheduled')).toMatchObject([{ data: { bookingCode: code } }]);
  const changed = events.filter(({ type }) => type === 'availability_changed').map(({ data }) => data.provider);
  expect(changed.slice(-2)).toEqual(['RYAN', 'DANIELLE']);
});

test.each(['guest', 'staff'] as const)('a taken time is 409 with others, and a %s changes nothing', async (who) => {
  const spa = await staffSpa(t);
  const { code, guestToken } = await spa.booked({ provider: 'RYAN' });
  await spa.booked({ provider: 'RYAN', startsAt: at('10:00') });
  await spa.booked({ provider: 'DANIELLE', startsAt: at('10:30') });
  const before = await footprintOf(t.database, code);
  const move = (body: object) => (who === 'guest' ? guestMoves(guestToken, body) : staffMoves(spa, code, body));
  for (const to of [{ startsAt: at('10:15') }, { startsAt: at('10:00'), provider: 'RYAN' }]) {
    const refused = await move(to);
    expect(refused).toMatchObject(refusal('slot_taken', { reason: 'TAKEN', heldUntil: null }));
    const { alternatives } = refused.body as { alternatives: { startsAt: string; provider: string }[] };
    expect(alternatives.length).toBeGreaterThanOrEqual(3);
    expect(await footprintOf(t.database, code)).toEqual(before);
    const [nearest] = alternatives;
    expect((await move({ startsAt: nearest?.startsAt, provider: nearest?.provider })).status).toBe(200);
    expect((await move({ startsAt: at('15:00'), provider: 'RYAN' })).status).toBe(200);
    Object.assign(before, await footprintOf(t.database, code));
  }
});

test('a time that is held says until when; once the hold has ended it is had without a sweep', async () => {
  const providers = { DANIELLE: [{ fromMinute: 540, toMinute: 1_080 }] };
  const spa = await staffSpa(t, { property: HELD, providers });
  const { code: mine } = await spa.booked({ startsAt: at('15:00') });
  await spa.act(mine, 'payments', { method: 'CASH', amount: 12_000 });
  const { code: other, booking } = await spa.booked({ startsAt: at('10:00') });
  const to = { startsAt: at('10:15') };
  expect(await staffMoves(spa, mine, to)).toMatchObject(
    refusal('slot_taken', { reason: 'HELD', heldUntil: booking.expiresAt }),
  );
  await travelTo(t.database, `${TODAY}T12:11:00Z`);
  expect((await staffMoves(spa, mine, to)).status).toBe(200);
  expect((await spa.call('GET', `/bookings/${other}`)).body).toMatchObject({ status: 'EXPIRED' });
});

test('a hold keeps its deadline and can not be moved past it, not even onto itself', async () => {
  const spa = await staffSpa(t, { property: HELD });
  const { code, guestToken, booking } = await spa.booked();
  const moved = await guestMoves(guestToken, { startsAt: at('10:00') });
  expect(moved.body).toMatchObject({ status: 'PENDING_PAYMENT', expiresAt: booking.expiresAt });
  await travelTo(t.database, `${TODAY}T12:11:00Z`);
  const before = await footprintOf(t.database, code);
  for (const time of ['10:00', '10:30', '16:00']) {
    expect(await guestMoves(guestToken, { startsAt: at(time) })).toMatchObject(refusal('hold_expired'));
    expect(await staffMoves(spa, code, { startsAt: at(time) })).toMatchObject(refusal('hold_expired'));
  }
  expect(await footprintOf(t.database, code)).toEqual(before);
});

test('staff may place it off the step and at short notice; a guest may not', async () => {
  const spa = await staffSpa(t, { property: { minNoticeMinutes: 240 } });
  const { code, guestToken } = await spa.booked();
  const before = await footprintOf(t.database, code);
  expect(await guestMoves(guestToken, { startsAt: at('10:07') })).toMatchObject(refusal('start_not_offered'));
  expect(await guestMoves(guestToken, { startsAt: at('09:30', TODAY) })).toMatchObject(refusal('notice_too_short'));
  expect(await footprintOf(t.database, code)).toEqual(before);
  expect((await staffMoves(spa, code, { startsAt: at('10:07') })).status).toBe(200);
  expect((await staffMoves(spa, code, { startsAt: at('09:30', TODAY) })).status).toBe(200);
});

test('a dry run answers what would be and writes nothing', async () => {
  const spa = await staffSpa(t);
  const { code, guestToken } = await spa.booked();
  const before = await footprintOf(t.database, code);
  const dry = { prefer: 'dry-run' };
  const preview = { status: 200, body: { startsAt: '2027-03-02T16:00:00.000Z' } };
  expect(await guestMoves(guestToken, { startsAt: at('10:00') }, dry)).toMatchObject(preview);
  expect(await staffMoves(spa, code, { startsAt: at('10:00') }, dry)).toMatchObject(preview);
  expect(await footprintOf(t.database, code)).toEqual(before);
});

test('a start with an offset means the same instant, also where UTC is on another date', async () => {
  const spa = await staffSpa(t, { providers: { RYAN: [{ fromMinute: 540, toMinute: 1_380 }] } });
  const { guestToken } = await spa.booked();
  const moved = await guestMoves(guestToken, { startsAt: '2027-03-03T03:00:00Z' });
  expect(moved.body).toMatchObject({ appointment: { localStart: '2027-03-02T21:00:00-06:00' } });
});

test('a time the clocks jump over is refused with the next there is, one that comes twice with both', async () => {
  const night = [{ fromMinute: 0, toMinute: 1_440 }];
  const spa = await staffSpa(t, { providers: { RYAN: night }, property: { bookingWindowDays: 300 } });
  const { code, guestToken } = await spa.booked();
  const before = await footprintOf(t.database, code);
  const skipped = refusal('local_time_skipped', { next: '2027-03-14T03:00:00-05:00' });
  expect(await guestMoves(guestToken, { startsAt: '2027-03-14T02:30' })).toMatchObject(skipped);
  expect(await staffMoves(spa, code, { startsAt: '2027-03-14T02:30' })).toMatchObject(skipped);
  const candidates = ['2027-11-07T01:30:00-05:00', '2027-11-07T01:30:00-06:00'];
  expect(await guestMoves(guestToken, { startsAt: '2027-11-07T01:30' })).toMatchObject(
    refusal('local_time_ambiguous', { candidates }),
  );
  expect(await footprintOf(t.database, code)).toEqual(before);
  for (const startsAt of candidates) {
    expect((await guestMoves(guestToken, { startsAt })).body).toMatchObject({ appointment: { localStart: startsAt } });
  }
});

test('a party at home keeps its address, its persons and its zone, at the prices of today', async () => {
  const services = { FACIAL: { isAtGuests: true, pricing: 'PER_PERSON', adultPrice: 5_000, maxAdults: 20 } } as const;
  const zones = { A: { postalCodes: ['606'], fee: 2_000 } };
  const spa = await staffSpa(t, { services, zones });
  const address = { line1: '1 Lake St', city: 'Chicago', postalCode: '60601', country: 'US' };
  const { code, guestToken } = await spa.booked({ address, adults: 8 });
  await t.database.sql('UPDATE zones SET fee = 3000 WHERE property_id = $1', [spa.propertyId]);
  expect((await guestMoves(guestToken, { startsAt: at('10:00') })).body).toMatchObject({
    code,
    price: { totalPayable: 43_000 },
    appointment: { adults: 8, zone: 'A', address: { line1: '1 Lake St' } },
  });
});

test('afterwards nothing is there that must never be', async () => {
  const broken = (await findViolations(t.ctx)).filter(({ name }) => name !== 'overdue_holds');
  expect(broken).toEqual([]);
});
