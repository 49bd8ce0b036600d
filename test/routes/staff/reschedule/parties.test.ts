import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { addDays } from '../../../../src/domain/time/calendar.ts';
import { startTestApp } from '../../../support/server/app.ts';
import type { TestApp } from '../../../support/server/app.ts';
import { NOW, staffSpa, TODAY } from '../../../support/spa/build-spa.ts';
import type { StaffedSpa } from '../../../support/spa/build-spa.ts';
import { travelTo } from '../../../support/database/clock.ts';
import { footprintOf } from '../../../support/database/footprint.ts';
import { findViolations } from '../../../support/database/invariants.ts';
import { invalid, refusal } from '../../../support/http/problems.ts';
import { dumpTables } from '../../../support/database/tables.ts';

let t: TestApp;
let grill: StaffedSpa;
const TOMORROW = addDays(TODAY, 1);
const at = (time: string) => `${TOMORROW}T${time}`;
const address = { line1: '12 Grill St', city: 'Sacramento', postalCode: '95814', country: 'US' };
const far = { line1: '9 Hidden Rd', city: 'Napa', postalCode: '94558', country: 'US' };
/** 55.00 an adult, 30.00 a child, at least 500.00; 100.00 at once. Zone B costs 75.00. */
const price = { pricing: 'PER_PERSON', price: 0, adultPrice: 5_500, childPrice: 3_000, minimumTotal: 50_000 } as const;
const depositPolicy = { type: 'FIXED', value: 10_000 };

beforeAll(async () => {
  t = await startTestApp();
});
beforeEach(async () => {
  await travelTo(t.database, NOW);
  grill = await staffSpa(t, {
    property: { paymentPolicy: 'DEPOSIT', depositPolicy },
    services: { PARTY: { ...price, isAtGuests: true, maxAdults: 60, maxChildren: 40 } },
    zones: { A: { postalCodes: ['958'], fee: 0 }, B: { postalCodes: ['945'], fee: 7_500 } },
  });
});
afterAll(() => t.close());

const party = (body: object = {}) => ({ service: 'PARTY', adults: 10, children: 2, address, ...body });
const pay = (code: string, amount: number) => grill.act(code, 'payments', { method: 'CASH', amount });
async function stands(body: object = {}): Promise<string> {
  const { code } = await grill.booked(party(body));
  expect((await pay(code, 10_000)).body).toMatchObject({ status: 'CONFIRMED', balanceDue: 51_000 });
  return code;
}

test('guests, address and time change at once, and the balance follows', async () => {
  const code = await stands({ provider: 'RYAN' });
  const wish = { startsAt: at('17:00'), adults: 14, children: 3, address: far };
  const { status, body } = await grill.act(code, 'reschedule', wish);
  expect(status).toBe(200);
  // 14 × 55.00 + 3 × 30.00 + 75.00 for the way, of which 100.00 is paid.
  expect(body).toMatchObject({
    code,
    status: 'CONFIRMED',
    balanceDue: 83_500,
    startsAt: '2027-03-02T23:00:00.000Z',
    price: { totalPayable: 93_500, depositDue: 10_000, balanceDue: 83_500 },
    appointment: { adults: 14, children: 3, provider: 'RYAN', zone: 'B', address: far },
  });
  const { items } = (await grill.call('GET', `/bookings/${code}/history`)).body;
  expect(items.at(-1)).toMatchObject({
    action: 'reschedule',
    changes: {
      adults: [10, 14],
      children: [2, 3],
      zone: ['A', 'B'],
      address: ['…', '…'],
      totalPayable: [61_000, 93_500],
    },
  });
  expect(Object.values(await dumpTables(t.database)).join('\n')).not.toContain('Hidden');
  expect(await findViolations(t.ctx)).toEqual([]);
});

test('a party that stays where it is keeps its time, whatever the hours are now, and nobody hears of a move', async () => {
  const code = await stands({ provider: 'RYAN', startsAt: at('15:00') });
  const before = await grill.call('GET', `/bookings/${code}`);
  await grill.call('PUT', '/providers/RYAN/hours', { body: { weekly: [] } });
  await grill.call('PATCH', '/services/PARTY', { body: { durationMinutes: 240 } });
  expect(await grill.act(code, 'reschedule', { startsAt: at('15:15') })).toMatchObject(refusal('outside_hours'));
  await travelTo(t.database, `${TOMORROW}T21:30:00Z`);
  const { startsAt, endsAt } = before.body;
  expect(await grill.act(code, 'reschedule', { startsAt: at('15:00'), adults: 12, provider: 'RYAN' })).toMatchObject({
    status: 200,
    body: { startsAt, endsAt, price: { totalPayable: 72_000 }, appointment: { adults: 12, provider: 'RYAN' } },
  });
  const { items } = (await grill.call('GET', `/bookings/${code}/history`)).body;
  expect(items.at(-1)).toMatchObject({
    action: 'change',
    changes: { adults: [10, 12], totalPayable: [61_000, 72_000] },
  });
  expect(await findViolations(t.ctx)).toEqual([]);
  const events = (await grill.call('GET', '/events')).body.items as { type: string }[];
  expect(events.map(({ type }) => type)).not.toContain('booking_rescheduled');
  expect(events.at(-1)?.type).toBe('booking_updated');
});

test('another address decides the zone, a named zone stands against it, and else it stays the zone it was sold for', async () => {
  const code = await stands();
  const zoneAfter = async (body: object) => (await grill.act(code, 'reschedule', body)).body.appointment.zone;
  expect(await zoneAfter({ address: far })).toBe('B');
  expect(await zoneAfter({ zone: 'A' })).toBe('A');
  expect(await zoneAfter({ adults: 11 })).toBe('A');
  expect(await zoneAfter({ address: far, zone: 'A' })).toBe('A');
  expect(await zoneAfter({ address: far })).toBe('B');
});

test('fewer guests than are paid for are given their money back', async () => {
  const code = await stands();
  await pay(code, 51_000);
  expect((await grill.act(code, 'reschedule', { adults: 6, children: 0 })).body).toMatchObject({
    balanceDue: 0,
    price: { totalPayable: 50_000 },
    // It was paid by hand, so it waits for somebody's hand.
    refunds: [{ destination: 'MANUAL', state: 'PENDING', amount: 11_000 }],
  });
});

test('a change that can’t be had changes nothing, nor does a dry run', async () => {
  const code = await stands({ provider: 'RYAN' });
  await grill.booked(party({ provider: 'RYAN', startsAt: at('11:00') }));
  const before = await footprintOf(t.database, code);
  const ask = (body: object, headers = {}) => grill.call('POST', `/bookings/${code}/reschedule`, { body, headers });
  const taken = { startsAt: at('11:30'), provider: 'RYAN', adults: 20 };
  expect(await ask(taken)).toMatchObject(refusal('slot_taken'));
  expect(await ask({ adults: 61 })).toMatchObject(refusal('occupancy_exceeded'));
  expect(await ask({ adults: 20, address: { ...far, postalCode: '89501' } })).toMatchObject(refusal('outside_zone'));
  expect(await ask({ adults: 20, zone: 'X' })).toMatchObject(refusal('outside_zone'));
  expect(await ask({})).toMatchObject(refusal('validation_failed'));
  expect(await ask({ adults: 0 })).toMatchObject(invalid('adults'));
  expect(await ask({ adults: 20, checkIn: TOMORROW, checkOut: addDays(TOMORROW, 1) })).toMatchObject(
    refusal('validation_failed'),
  );
  const dry = await ask({ adults: 20, startsAt: at('13:00') }, { prefer: 'dry-run' });
  expect(dry.body).toMatchObject({ appointment: { adults: 20 }, price: { totalPayable: 116_000 } });
  const after = await footprintOf(t.database, code);
  expect({ ...after, outbox: null }).toEqual({ ...before, outbox: null });
});

test('guests move their party in time alone', async () => {
  const { guestToken: token } = await grill.booked(party());
  const move = (body: object) => t.call('POST', '/v1/guest/booking/reschedule', { token, body });
  expect(await move({ startsAt: at('13:00'), adults: 1 })).toMatchObject(refusal('validation_failed'));
  expect(await move({ adults: 1 })).toMatchObject(refusal('validation_failed'));
  expect((await move({ startsAt: at('13:00') })).body).toMatchObject({ appointment: { adults: 10, zone: 'A' } });
});
