import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { addDays } from '../../../src/domain/time/calendar.ts';
import { startTestApp } from '../../support/server/app.ts';
import type { Answer, TestApp } from '../../support/server/app.ts';
import { guest } from '../../support/hotel/build.ts';
import { appointmentBody, NINE_TO_SIX, NOW, staffSpa, TODAY } from '../../support/spa/build-spa.ts';
import type { StaffedSpa } from '../../support/spa/build-spa.ts';
import { travelTo } from '../../support/database/clock.ts';
import { invalid, refusal } from '../../support/http/problems.ts';
import { dumpTables } from '../../support/database/tables.ts';

let t: TestApp;
let spa: StaffedSpa;
const TOMORROW = addDays(TODAY, 1);

beforeAll(async () => {
  t = await startTestApp();
});
beforeEach(async () => {
  await travelTo(t.database, NOW);
  spa = await staffSpa(t);
});
afterAll(() => t.close());

test('an appointment is booked with its provider, its time on the wall and for the world, and a link to manage it', async () => {
  const answer = await spa.book({ specialRequests: 'No perfume, please' });
  expect(answer).toMatchObject({
    status: 201,
    body: {
      booking: {
        code: expect.stringMatching(/^BK-2027-\d{4,}$/),
        kind: 'APPOINTMENT',
        status: 'CONFIRMED',
        version: 1,
        source: 'WEBSITE',
        paymentStage: 'NONE',
        property: { slug: spa.slug, timezone: 'America/Chicago' },
        guest,
        party: [{ role: 'PRIMARY', ...guest, isStaying: true }],
        stay: null,
        expiresAt: null,
        reservationSecondsLeft: null,
        balanceDue: 12_000,
        paidAmount: 0,
        startsAt: '2027-03-02T21:00:00.000Z',
        endsAt: '2027-03-02T22:00:00.000Z',
        specialRequests: 'No perfume, please',
        price: {
          currency: 'USD',
          baseAmount: 12_000,
          totalPayable: 12_000,
          depositDue: 0,
          balanceDue: 12_000,
          lines: [{ kind: 'SERVICE', label: 'facial', quantity: 1, unitAmount: 12_000, amount: 12_000 }],
        },
      },
      guestToken: expect.stringMatching(/^[\w-]{43}$/),
    },
  });
  expect(answer.body.booking.appointment).toEqual({
    service: 'FACIAL',
    serviceName: 'facial',
    provider: 'DANIELLE',
    providerName: 'danielle',
    startsAt: '2027-03-02T21:00:00.000Z',
    endsAt: '2027-03-02T22:00:00.000Z',
    localStart: '2027-03-02T15:00:00-06:00',
    timezone: 'America/Chicago',
    adults: 1,
    children: 0,
    address: null,
    zone: null,
  });
  expect(answer.body.manageUrl).toBe(`${t.ctx.config.PUBLIC_URL}/manage#${String(answer.body.guestToken)}`);
});

test('what create answers is what guest and staff then read', async () => {
  const { code, guestToken, booking } = await spa.booked();
  expect((await t.call('GET', '/v1/guest/booking', { token: guestToken })).body).toEqual(booking);
  expect((await spa.call('GET', `/bookings/${code}`)).body).toMatchObject(booking);
});

test.each(['2027-03-02T15:00', '2027-03-02T15:00:00', '2027-03-02T15:00-06:00', '2027-03-02T21:00Z'])(
  '%s is three in the afternoon at the property',
  async (startsAt) => {
    const { booking } = await spa.booked({ startsAt });
    expect(booking.appointment).toMatchObject({ startsAt: '2027-03-02T21:00:00.000Z' });
  },
);

test('an offset of elsewhere means the same instant, though it has another date there', async () => {
  // Nine in the morning on the 3rd in Chicago.
  const { booking } = await spa.booked({ startsAt: '2027-03-04T05:00+14:00' });
  expect(booking.appointment.localStart).toBe('2027-03-03T09:00:00-06:00');
  expect((await spa.slotsOn('2027-03-03', '&provider=DANIELLE'))['09:00']).toBeUndefined();
});

test('with nobody named, the one with least to do that day has it; who has much on other days does not count', async () => {
  const providers = { ANN: NINE_TO_SIX, BEA: NINE_TO_SIX, CYD: NINE_TO_SIX };
  const here = await staffSpa(t, { providers });
  for (const hour of ['09:00', '11:00']) await here.booked({ provider: 'ANN', startsAt: `${TOMORROW}T${hour}` });
  await here.booked({ provider: 'BEA', startsAt: `${TOMORROW}T09:00` });
  for (const hour of ['09:00', '11:00', '13:00']) {
    await here.booked({ provider: 'CYD', startsAt: `${addDays(TODAY, 2)}T${hour}` });
  }
  const chosen: string[] = [];
  for (let times = 0; times < 3; times += 1) chosen.push((await here.booked()).booking.appointment.provider);
  expect(chosen).toEqual(['CYD', 'BEA', 'ANN']);
  expect(await here.book()).toMatchObject(refusal('slot_taken'));
});

test('who is named is who comes, however much they have to do', async () => {
  await spa.booked({ provider: 'RYAN', startsAt: `${TOMORROW}T09:00` });
  const { booking } = await spa.booked({ provider: 'RYAN' });
  expect(booking.appointment.provider).toBe('RYAN');
});

test('staff may begin off the grid and at short notice, guests may not', async () => {
  const here = await staffSpa(t, { property: { minNoticeMinutes: 2_880 } });
  const body = appointmentBody({ startsAt: `${TODAY}T09:07`, payment: 'ON_SITE', provider: 'DANIELLE' });
  const { status, body: answer } = await here.call('POST', '/bookings', { body });
  expect(status).toBe(201);
  expect(answer.booking.appointment.localStart).toBe('2027-03-01T09:07:00-06:00');
  expect(answer.booking.source).toBe('STAFF');
  expect(await here.book({ startsAt: `${TODAY}T12:00` })).toMatchObject(refusal('notice_too_short'));
  const after = appointmentBody({ startsAt: `${addDays(TODAY, 7)}T09:07` });
  expect(await here.book(after)).toMatchObject(refusal('start_not_offered'));
});

test.each([
  ['past_time', { startsAt: `${TODAY}T05:00` }],
  ['outside_hours', { startsAt: `${TOMORROW}T08:00` }],
])('staff are refused with %s for %j too', async (code, wish) => {
  const answer = await spa.call('POST', '/bookings', { body: appointmentBody({ ...wish, payment: 'ON_SITE' }) });
  expect(answer).toMatchObject(refusal(code as 'past_time'));
});

test.each([
  ['past_time', { startsAt: `${TODAY}T05:00` }, {}],
  ['past_time', { startsAt: '2020-05-14T15:00' }, {}],
  ['outside_hours', { startsAt: `${TOMORROW}T08:45` }, {}],
  ['outside_hours', { startsAt: `${TOMORROW}T17:15` }, {}],
  ['outside_hours', { startsAt: `${TOMORROW}T17:30`, provider: 'RYAN' }, {}],
  ['notice_too_short', {}, { property: { minNoticeMinutes: 2_880 } }],
  ['beyond_booking_window', { startsAt: `${addDays(TODAY, 6)}T09:00` }, { property: { bookingWindowDays: 5 } }],
  ['start_not_offered', { startsAt: `${TOMORROW}T15:07` }, {}],
  ['start_not_offered', { startsAt: `${TOMORROW}T15:00:30` }, {}],
  ['local_time_skipped', { startsAt: '2027-03-14T02:30' }, {}],
  ['local_time_ambiguous', { startsAt: '2027-11-07T01:30' }, {}],
  // Before any other rule is tried: this one has passed, and nobody works at night.
  ['local_time_skipped', { startsAt: '2026-03-08T02:30' }, {}],
  ['occupancy_exceeded', { adults: 2 }, {}],
  ['occupancy_exceeded', { children: 1 }, {}],
  ['promo_invalid', { promoCode: 'NOSUCH' }, {}],
  ['not_found', { service: 'NOSUCH' }, {}],
  ['not_found', { provider: 'NOBODY' }, {}],
  ['not_found', {}, { property: { status: 'SUSPENDED' } }],
] as const)('an appointment is refused with %s for %j at %j, and nothing is written', async (code, wish, options) => {
  const here = await staffSpa(t, options);
  const before = await dumpTables(t.database);
  expect(await here.book(wish)).toMatchObject(refusal(code));
  expect(await dumpTables(t.database)).toEqual(before);
});

test('a refusal of the clock says what time to send instead', async () => {
  expect(await spa.book({ startsAt: '2027-03-14T02:30' })).toMatchObject(
    refusal('local_time_skipped', { next: '2027-03-14T03:00:00-05:00' }),
  );
  const candidates = ['2027-11-07T01:30:00-05:00', '2027-11-07T01:30:00-06:00'];
  expect(await spa.book({ startsAt: '2027-11-07T01:30' })).toMatchObject(
    refusal('local_time_ambiguous', { candidates }),
  );
});

test('who comes outside opening hours is told whom to call', async () => {
  expect(await spa.book({ startsAt: `${TOMORROW}T07:00` })).toMatchObject(
    refusal('outside_hours', { timezone: 'America/Chicago', phone: '+1 312 555 0142' }),
  );
});

test.each([
  [{ startsAt: 'tomorrow' }, 'startsAt'],
  [{ startsAt: TOMORROW }, 'startsAt'],
  [{ startsAt: '2027-02-29T15:00' }, 'startsAt'],
  [{ startsAt: '2027-03-02T24:00' }, 'startsAt'],
  [{ startsAt: '1999-03-02T15:00' }, 'startsAt'],
  [{ startsAt: 1_803_934_800 }, 'startsAt'],
  [{ service: 'lower case' }, 'service'],
  [{ provider: '' }, 'provider'],
  [{ adults: 0 }, 'adults'],
  [{ adults: 1.5 }, 'adults'],
  [{ adults: 501 }, 'adults'],
  [{ children: -1 }, 'children'],
  [{ address: { line1: 'x', city: 'x', postalCode: 'x', country: 'usa' } }, 'address.country'],
  [{ address: { line1: 'x', city: 'x', country: 'US' } }, 'address.postalCode'],
  [{ guest: { ...guest, email: 'nobody' } }, 'guest.email'],
  [{ guest: undefined }, 'guest'],
  [{ kind: 'TABLE' }, 'kind'],
  [{ kind: 'STAY' }, 'roomType'],
  [{ roomType: 'ROOM' }, 'roomType'],
  [{ endsAt: '2027-03-02T16:00' }, 'endsAt'],
  [{ price: { totalPayable: 1 } }, 'price'],
  [{ payment: 'WAIVED' }, 'payment'],
])('an appointment with %j is 400 at %s', async (overrides, path) => {
  expect(await spa.book(overrides)).toMatchObject(invalid(path));
});

test('a dry run answers what would happen, and writes nothing', async () => {
  const before = await dumpTables(t.database);
  const answer = await spa.book({}, { prefer: 'dry-run', 'idempotency-key': 'dry-----------------' });
  expect(answer).toMatchObject({
    status: 200,
    headers: { 'preference-applied': 'dry-run' },
    body: { booking: { code: 'DRY-RUN', appointment: { provider: 'DANIELLE' } }, guestToken: null, manageUrl: null },
  });
  expect(await dumpTables(t.database)).toEqual(before);
});

test('a dry run is refused as the booking would be, and releases no hold in its way', async () => {
  const paid = await staffSpa(t, { property: { paymentPolicy: 'FULL' }, providers: { DANIELLE: NINE_TO_SIX } });
  await paid.booked();
  expect(await paid.book({}, { prefer: 'dry-run' })).toMatchObject(refusal('slot_taken'));
  await travelTo(t.database, `${TODAY}T12:11:00Z`);
  const before = await dumpTables(t.database);
  const logged = t.logged.length;
  expect(await paid.book({}, { prefer: 'dry-run' })).toMatchObject({ status: 200 });
  expect(await dumpTables(t.database)).toEqual(before);
  expect(t.logged.slice(logged)).not.toContainEqual(expect.objectContaining({ event: 'BOOKING_EXPIRED' }));
});

const keyed = (key: string) => ({ 'idempotency-key': key.padEnd(20, '-') });

test('the same request with the same key is the same booking, though the time has been taken by it', async () => {
  const wish = { provider: 'DANIELLE' };
  const first = await spa.book(wish, keyed('same'));
  const again = await spa.book(wish, keyed('same'));
  expect(again).toMatchObject({ status: 201, headers: { 'idempotent-replayed': 'true' } });
  expect(again.body).toEqual(first.body);
  expect(await spa.book(wish, keyed('other'))).toMatchObject(refusal('slot_taken'));
  expect(await spa.book({ provider: 'RYAN' }, keyed('same'))).toMatchObject(refusal('idempotency_key_reused'));
});

test('with nobody named, a repeat is not a second booking with the next provider', async () => {
  const first = await spa.book({}, keyed('any'));
  expect((await spa.book({}, keyed('any'))).body).toEqual(first.body);
  expect(Object.keys(await spa.slotsOn(TOMORROW, '&provider=RYAN'))).toHaveLength(33);
});

test('fifty at once with one key make one booking', async () => {
  const answers = await Promise.all(Array.from({ length: 50 }, () => spa.book({}, keyed('fifty'))));
  const codesOf = (some: readonly Answer[]) => new Set(some.map(({ body }) => body.booking.code as string));
  const [made, busy] = [answers.filter(({ status }) => status === 201), answers.filter(({ status }) => status !== 201)];
  expect(busy.every(({ body }) => body.code === 'idempotency_in_progress')).toBe(true);
  expect(codesOf([...made, await spa.book({}, keyed('fifty'))]).size).toBe(1);
  const rows = await t.database.sql('SELECT 1 FROM bookings WHERE property_id = $1', [spa.propertyId]);
  expect(rows).toHaveLength(1);
});
