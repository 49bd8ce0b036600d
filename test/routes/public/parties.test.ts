import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { addDays } from '../../../src/domain/time/calendar.ts';
import { startTestApp } from '../../support/server/app.ts';
import type { TestApp } from '../../support/server/app.ts';
import { appointmentBody, NOW, staffSpa, TODAY } from '../../support/spa/build-spa.ts';
import type { SpaOptions, StaffedSpa } from '../../support/spa/build-spa.ts';
import { travelTo } from '../../support/database/clock.ts';
import { findViolations } from '../../support/database/invariants.ts';
import { invalid, refusal } from '../../support/http/problems.ts';
import { dumpTables } from '../../support/database/tables.ts';

// Parties that are brought to the guest: by head, with a minimum, a deposit and a way there that costs.

let t: TestApp;
let caterer: StaffedSpa;
const TOMORROW = addDays(TODAY, 1);
const evening = [{ fromMinute: 660, toMinute: 1_320 }];
const hibachi: NonNullable<SpaOptions['services']>[string] = {
  name: 'Hibachi',
  durationMinutes: 120,
  bufferBeforeMinutes: 30,
  bufferAfterMinutes: 30,
  slotStepMinutes: 30,
  pricing: 'PER_PERSON',
  adultPrice: 5_500,
  childPrice: 3_000,
  minimumTotal: 55_000,
  price: 0,
  maxAdults: 40,
  maxChildren: 20,
  isAtGuests: true,
};
const OPTIONS: SpaOptions = {
  property: { paymentPolicy: 'DEPOSIT', depositPolicy: { type: 'PERCENT', value: 2_500 } },
  services: { HIBACHI: hibachi },
  providers: { 'STATION-1': evening, 'STATION-2': evening },
  zones: {
    A: { postalCodes: ['9'], fee: 0 },
    B: { postalCodes: ['902', '913'], fee: 5_000 },
    C: { postalCodes: ['90210', 'M5V 1'], fee: 10_000 },
  },
  taxes: [{ code: 'SALES', name: 'Sales tax', basis: 'PERCENT', isInclusive: false, rateBps: 950 }],
};

beforeAll(async () => {
  t = await startTestApp({ LOG_LEVEL: 'debug' });
  await travelTo(t.database, NOW);
  caterer = await staffSpa(t, OPTIONS);
});
beforeEach(() => travelTo(t.database, NOW));
afterAll(() => t.close());

const addressIn = (postalCode: string) => ({ line1: '1 Example Road', city: 'Los Angeles', postalCode, country: 'US' });
const party = (more: Record<string, unknown> = {}) => ({
  service: 'HIBACHI',
  startsAt: `${TOMORROW}T18:00`,
  adults: 12,
  children: 5,
  address: addressIn('90210'),
  ...more,
});
const dryRun = (wish: Record<string, unknown>, at = caterer) => at.book(wish, { prefer: 'dry-run' });
const quote = (wish: Record<string, unknown>, at = caterer) => {
  const { guest: _, ...body } = appointmentBody(wish);
  return t.call('POST', `${at.path}/quotes`, { body });
};

test('a party pays by head, the way there and tax on both, a quarter of it now: to the cent what was quoted', async () => {
  const here = await staffSpa(t, OPTIONS);
  const quoted = await quote(party(), here);
  expect(quoted).toMatchObject({ status: 200, body: { bookable: true, reason: null, available: 2 } });
  const { booking } = await here.booked(party());
  expect(booking.price).toEqual(quoted.body.price);
  // 12 × 55 + 5 × 30 = 810; 100 for the way; 9.5 % of 910 are 86.45; a quarter of 996.45 is 249.1125.
  expect(booking.price).toMatchObject({
    lines: [
      { kind: 'ADULT', label: 'Hibachi, per adult', quantity: 12, unitAmount: 5_500, amount: 66_000 },
      { kind: 'CHILD', label: 'Hibachi, per child', quantity: 5, unitAmount: 3_000, amount: 15_000 },
      { kind: 'TRAVEL', label: 'Travel, Zone C', quantity: 1, unitAmount: 10_000, amount: 10_000 },
    ],
    baseAmount: 91_000,
    taxAmount: 8_645,
    totalPayable: 99_645,
    depositDue: 24_911,
    balanceDue: 74_734,
    walletApplied: 0,
    gatewayPayable: 24_911,
  });
  expect(booking).toMatchObject({
    status: 'PENDING_PAYMENT',
    balanceDue: 99_645,
    reservationSecondsLeft: 600,
    appointment: {
      service: 'HIBACHI',
      provider: 'STATION-1',
      adults: 12,
      children: 5,
      zone: 'C',
      address: { ...addressIn('90210'), line2: null, region: null },
      endsAt: '2027-03-03T02:00:00.000Z',
    },
  });
});

test('the chef is busy for the buffers as well', async () => {
  const here = await staffSpa(t, { ...OPTIONS, providers: { 'STATION-1': evening } });
  await here.booked(party({ startsAt: `${TOMORROW}T15:00` }));
  // Taken from half past two to half past five, so the next begins at six and the last one before ends at two.
  const starts = Object.keys(await here.slotsOn(TOMORROW, '&service=HIBACHI'));
  expect(starts).toEqual(['11:00', '11:30', '12:00', '18:00', '18:30', '19:00', '19:30', '20:00']);
});

test('a small party pays up to the minimum, the way there on top', async () => {
  const { body } = await quote(party({ adults: 2, children: 1 }));
  expect(body.price.lines).toMatchObject([
    { kind: 'ADULT', amount: 11_000 },
    { kind: 'CHILD', amount: 3_000 },
    { kind: 'MINIMUM', amount: 41_000 },
    { kind: 'TRAVEL', amount: 10_000 },
  ]);
  expect(body.price.baseAmount).toBe(65_000);
});

test.each([
  ['90210', 'C', 10_000],
  ['90210-1234', 'C', 10_000],
  ['90211', 'B', 5_000],
  ['91399', 'B', 5_000],
  ['99999', 'A', 0],
  [' 90 210 ', 'C', 10_000],
  ['m5v1a1', 'C', 10_000],
])('postal code %s is in zone %s, whose beginning of it is the longest', async (postalCode, zone, fee) => {
  const { body } = await dryRun(party({ address: addressIn(postalCode) }));
  expect(body.booking.appointment.zone).toBe(zone);
  expect(body.booking.price.baseAmount).toBe(81_000 + fee);
});

test('a zone can be named where there is no address yet; an address decides over it, but not for staff', async () => {
  const zoneOf = ({ body }: Awaited<ReturnType<typeof dryRun>>) => body.booking.appointment.zone as string;
  expect(zoneOf(await dryRun(party({ address: undefined, zone: 'B' })))).toBe('B');
  expect(zoneOf(await dryRun(party({ zone: 'A' })))).toBe('C');
  const body = appointmentBody(party({ zone: 'A' }));
  const headers = { prefer: 'dry-run' };
  expect(zoneOf(await caterer.call('POST', '/bookings', { body, headers }))).toBe('A');
});

test('who lives elsewhere is told which zones there are', async () => {
  const zones = ['A', 'B', 'C'].map((code) => ({ code, name: `Zone ${code}` }));
  const outside = refusal('outside_zone', { zones });
  expect(await caterer.book(party({ address: addressIn('10001') }))).toMatchObject(outside);
  expect(await caterer.book(party({ address: undefined, zone: 'D' }))).toMatchObject(outside);
  expect(await quote(party({ address: addressIn('10001') }))).toMatchObject(outside);
  // Naming a near zone does not bring a far address nearer.
  expect(await caterer.book(party({ address: addressIn('10001'), zone: 'A' }))).toMatchObject(outside);
});

test('a service that is brought needs to know where to', async () => {
  expect(await caterer.book(party({ address: undefined }))).toMatchObject(invalid('address'));
  expect(await quote(party({ address: undefined }))).toMatchObject(invalid('address'));
});

test.each([
  [{ adults: 41 }, { maxAdults: 40, maxChildren: 20 }],
  [{ children: 21 }, { maxAdults: 40, maxChildren: 20 }],
])('more persons than the service takes are refused with its limits: %j', async (persons, limits) => {
  expect(await caterer.book(party(persons))).toMatchObject(refusal('occupancy_exceeded', limits));
  expect((await dryRun(party({ adults: 40, children: 20 }))).status).toBe(200);
});

test('in a batch, one of which it is not said where it is to be spoils no other', async () => {
  const item = { kind: 'APPOINTMENT', service: 'HIBACHI', startsAt: `${TOMORROW}T18:00`, adults: 10 };
  const body = { items: [item, { ...item, zone: 'A' }] };
  const answer = await t.call('POST', `${caterer.path}/availability/batch`, { body });
  expect(answer.body.items).toMatchObject([
    { bookable: false, reason: 'NO_ADDRESS', totalPayable: null },
    { bookable: true, reason: null },
  ]);
});

test('what is wrong with a request is told before that its time is taken', async () => {
  const here = await staffSpa(t, { ...OPTIONS, providers: { 'STATION-1': evening } });
  await here.booked(party());
  expect(await here.book(party())).toMatchObject(refusal('slot_taken'));
  expect(await here.book(party({ address: undefined }))).toMatchObject(invalid('address'));
  expect(await here.book(party({ address: addressIn('10001') }))).toMatchObject(refusal('outside_zone'));
  expect(await here.book(party({ adults: 41 }))).toMatchObject(refusal('occupancy_exceeded'));
  expect(await here.book(party({ promoCode: 'NOSUCH' }))).toMatchObject(refusal('promo_invalid'));
});

test('an address is read by guest and staff, and by nobody who has the tables or the logs', async () => {
  const here = await staffSpa(t, OPTIONS);
  const address = { ...addressIn('90210'), line1: '77 Canary Wharf Lane', line2: 'Flat Quicksilver', region: 'CA' };
  const headers = { 'idempotency-key': 'canary--------------' };
  const { status, body } = await here.book(party({ address }), headers);
  expect(status).toBe(201);
  const asStaff = await here.call('GET', `/bookings/${String(body.booking.code)}`);
  const asGuest = await t.call('GET', '/v1/guest/booking', { token: body.guestToken as string });
  for (const read of [body.booking, asStaff.body, asGuest.body]) expect(read.appointment.address).toEqual(address);
  const everything = JSON.stringify(await dumpTables(t.database)) + JSON.stringify(t.logged);
  for (const canary of ['Canary', 'Quicksilver']) expect(everything).not.toContain(canary);
});

test('the feed of a party says neither where nor for whom', async () => {
  const here = await staffSpa(t, OPTIONS);
  await here.booked(party());
  expect(await findViolations(t.ctx)).toEqual([]);
  const { body } = await here.call('GET', '/events');
  expect(JSON.stringify(body)).not.toMatch(/Example Road|90210|Aoife|Byrne/);
});

test.each([
  ['NONE', {}, 'CONFIRMED', 0],
  ['DEPOSIT', { type: 'PERCENT', value: 2_500 }, 'PENDING_PAYMENT', 24_911],
  ['DEPOSIT', { type: 'FIXED', value: 10_000 }, 'PENDING_PAYMENT', 10_000],
  ['DEPOSIT', { type: 'FIXED', value: 1_000_000 }, 'PENDING_PAYMENT', 99_645],
  // Nothing payable is as if nothing were asked.
  ['DEPOSIT', { type: 'NONE' }, 'CONFIRMED', 0],
  ['FULL', {}, 'PENDING_PAYMENT', 99_645],
] as const)('where the policy is %s %j, a party begins %s with %i due', async (paymentPolicy, deposit, status, due) => {
  const depositPolicy = 'type' in deposit ? deposit : { type: 'NONE' };
  const here = await staffSpa(t, { ...OPTIONS, property: { paymentPolicy, depositPolicy } });
  const quoted = await quote(party(), here);
  const { booking } = await here.booked(party());
  expect(booking).toMatchObject({ status, price: { depositDue: due, balanceDue: 99_645 - due } });
  expect(booking.price).toEqual(quoted.body.price);
  expect(booking.expiresAt === null).toBe(status === 'CONFIRMED');
});

test('a service’s own policy goes before the property’s', async () => {
  const services = { HIBACHI: { ...hibachi, paymentPolicy: 'NONE' as const } };
  const here = await staffSpa(t, { ...OPTIONS, services });
  expect((await here.booked(party())).booking).toMatchObject({ status: 'CONFIRMED', price: { depositDue: 0 } });
});

test('a booking keeps the price it was held at, whatever is edited meanwhile', async () => {
  const here = await staffSpa(t, OPTIONS);
  const { code, booking } = await here.booked(party());
  await t.database.sql('UPDATE services SET adult_price = 9900 WHERE property_id = $1', [here.propertyId]);
  await t.database.sql('UPDATE zones SET fee = 99900 WHERE property_id = $1', [here.propertyId]);
  expect((await here.call('GET', `/bookings/${code}`)).body.price).toEqual(booking.price);
});

test.each([
  ['a time that is taken', {}, { bookable: false, reason: 'TAKEN', available: 0 }],
  ['a time when nobody works', { startsAt: `${TOMORROW}T21:00` }, { bookable: false, reason: 'CLOSED', available: 0 }],
  ['a start that is not offered', { startsAt: `${TOMORROW}T12:10` }, { bookable: false, reason: 'OFF_GRID' }],
])('a quote for %s has its price and says why it could not be booked', async (_, wish, answer) => {
  const here = await staffSpa(t, { ...OPTIONS, providers: { 'STATION-1': evening } });
  await here.booked(party());
  expect(await quote(party(wish), here)).toMatchObject({
    status: 200,
    body: { ...answer, price: { totalPayable: 99_645 } },
  });
});
