import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { endHeldMoves } from '../../../src/services/desk/reschedule/held/end-held-moves.ts';
import { addDays } from '../../../src/domain/time/calendar.ts';
import { travelTo } from '../../support/database/clock.ts';
import { findViolations } from '../../support/database/invariants.ts';
import { startTestApp } from '../../support/server/app.ts';
import type { TestApp } from '../../support/server/app.ts';
import { NINE_TO_SIX, NOW, staffSpa, TODAY } from '../../support/spa/build-spa.ts';
import type { StaffedSpa } from '../../support/spa/build-spa.ts';

// A party of ten at 55.00 each with the one chef there is, paid in cash; everything is wanted beforehand.

let t: TestApp;
let grill: StaffedSpa;
const at = (time: string) => `${addDays(TODAY, 1)}T${time}`;
const address = { line1: '12 Grill St', city: 'Sacramento', postalCode: '95814', country: 'US' };
const price = { pricing: 'PER_PERSON', price: 0, adultPrice: 5_500, childPrice: 0, minimumTotal: 0 } as const;

beforeAll(async () => {
  t = await startTestApp({ LOG_LEVEL: 'error' });
});
beforeEach(async () => {
  await travelTo(t.database, NOW);
  grill = await staffSpa(t, {
    property: { paymentPolicy: 'FULL' },
    services: { PARTY: { ...price, isAtGuests: true, maxAdults: 60, maxChildren: 40 } },
    providers: { RYAN: NINE_TO_SIX },
    zones: { A: { postalCodes: ['958'], fee: 0 } },
  });
});
afterAll(() => t.close());

async function bookAndPay() {
  const { code, guestToken } = await grill.booked({ service: 'PARTY', adults: 10, children: 0, address });
  await grill.act(code, 'payments', { method: 'CASH', amount: 55_000 });
  const see = async () => (await grill.call('GET', `/bookings/${code}`)).body;
  // At 77.00 each by now, so a move costs 220.00 more.
  await t.database.sql('UPDATE services SET adult_price = 7700 WHERE property_id = $1', [grill.propertyId]);
  const moves = (startsAt = at('10:00')) =>
    t.call('POST', '/v1/guest/booking/reschedule', { token: guestToken, body: { startsAt } });
  return { code, see, moves };
}
const lapse = async () => {
  await travelTo(t.database, `${TODAY}T12:11:00Z`);
  const reverted = await endHeldMoves(t.ctx);
  expect(await findViolations(t.ctx)).toEqual([]);
  return reverted;
};

test('a dearer move that is not paid is at the old time and price again', async () => {
  const { code, see, moves } = await bookAndPay();
  const before = await see();
  expect(await moves()).toMatchObject({
    status: 200,
    body: { balanceDue: 22_000 },
  });
  expect(await lapse()).toEqual([code]);
  const after = await see();
  for (const name of ['status', 'appointment', 'startsAt', 'endsAt', 'price', 'balanceDue', 'moveExpiresAt']) {
    expect(after[name], name).toEqual(before[name]);
  }
});

test('where the old time is sold meanwhile, the guests come at the new time for the old price', async () => {
  const { code, see, moves } = await bookAndPay();
  await moves();
  const other = { firstName: 'Cian', lastName: 'Kelly', email: 'cian@example.com' };
  const sold = await grill.booked({ service: 'PARTY', adults: 10, children: 0, address, guest: other });
  await grill.act(sold.code, 'payments', { method: 'CASH', amount: 77_000 });
  expect(await lapse()).toEqual([code]);
  expect(await see()).toMatchObject({
    status: 'CONFIRMED',
    startsAt: '2027-03-02T16:00:00.000Z',
    balanceDue: 0,
    price: { totalPayable: 55_000 },
    appointment: { adults: 10 },
  });
});

test('a dearer move is held until its new time at the latest', async () => {
  const { see, moves } = await bookAndPay();
  await travelTo(t.database, `${TODAY}T14:55:00Z`);
  expect(await moves(`${TODAY}T09:00`)).toMatchObject({ status: 200 });
  expect(await see()).toMatchObject({ moveExpiresAt: `${TODAY}T15:00:00.000Z` });
});

test('paid in cash at the desk, the move stays', async () => {
  const { code, see, moves } = await bookAndPay();
  await moves();
  expect((await grill.act(code, 'payments', { method: 'CASH', amount: 22_000 })).status).toBe(200);
  expect(await lapse()).toEqual([]);
  expect(await see()).toMatchObject({ balanceDue: 0, moveExpiresAt: null, price: { totalPayable: 77_000 } });
});
