import { afterAll, beforeAll, expect, test } from 'vitest';
import { daysAhead, stayBody } from '../../../support/hotel/build.ts';
import { openDesk } from '../../../support/hotel/desk.ts';
import type { Desk } from '../../../support/hotel/desk.ts';
import { startTestApp } from '../../../support/server/app.ts';
import type { TestApp } from '../../../support/server/app.ts';
import { staffSpa } from '../../../support/spa/build-spa.ts';

// Which nights, persons and bands a tax is of, from the catalogue to the price.

let t: TestApp;
beforeAll(async () => {
  t = await startTestApp();
});
afterAll(() => t.close());

const city = { code: 'CITY', name: 'City tax', isInclusive: false, amount: 250 };
const gst = { code: 'GST', name: 'GST', isInclusive: false };
const bands = [
  { upTo: 100_000, rateBps: 0 },
  { upTo: 750_000, rateBps: 500 },
  { upTo: null, rateBps: 1_800 },
];

const addTax = (body: object, here: Desk) => here.call('POST', '/taxes', { body });
const { guest: _, ...stay } = stayBody();
const quote = async ({ hotel }: Desk, wish: object = {}) =>
  (await t.call('POST', `${hotel.path}/quotes`, { body: { ...stay, ...wish } })).body.price;

test('a rate that changes on a date within the stay is a line for each side of it', async () => {
  const here = await openDesk(t);
  await addTax({ ...gst, code: 'OLD', rateBps: 1_200, validTo: daysAhead(30) }, here);
  await addTax({ ...gst, code: 'NEW', rateBps: 1_800, validFrom: daysAhead(31) }, here);
  const wish = { checkIn: daysAhead(30), checkOut: daysAhead(32) };
  // 12 % of 100.00, then 18 % of 100.00
  const expected = { taxes: [{ amount: 1_800 }, { amount: 1_200 }], totalPayable: 23_000 };
  expect(await quote(here, wish)).toMatchObject(expected);
  expect((await here.book(wish)).booking.price).toMatchObject(expected);
});

test('a city tax is of the adults and of the first nights', async () => {
  const here = await openDesk(t);
  await addTax({ ...city, basis: 'FLAT_PER_ADULT_NIGHT', maxNights: 7 }, here);
  // Ten nights for two adults and a child: 7 × 2 × 2.50
  const wish = { checkIn: daysAhead(30), checkOut: daysAhead(40), children: 1 };
  expect(await quote(here, wish)).toMatchObject({ taxes: [{ rateBps: null, amount: 3_500 }] });
  await here.call('PATCH', '/taxes/CITY', { body: { basis: 'FLAT_PER_PERSON_NIGHT', maxNights: null } });
  expect(await quote(here, wish)).toMatchObject({ taxes: [{ amount: 7_500 }] });
});

test('an appointment is taxed by the date of its start in the zone of the property', async () => {
  const spa = await staffSpa(t, { services: { FACIAL: { price: 10_000 } } });
  const tax = { code: 'SALES', name: 'Sales tax', isInclusive: false, rateBps: 1_000 };
  await spa.call('POST', '/taxes', { body: { ...tax, validFrom: daysAhead(6), validTo: daysAhead(6) } });
  const priceOn = async (day: number) => {
    const body = { kind: 'APPOINTMENT', service: 'FACIAL', startsAt: `${daysAhead(day)}T15:00` };
    return (await t.call('POST', `${spa.path}/quotes`, { body })).body.price.taxAmount;
  };
  expect([await priceOn(5), await priceOn(6), await priceOn(7)]).toEqual([0, 1_000, 0]);
});

test('a price with its tax in it is in the band of the price without it', async () => {
  const here = await openDesk(t, { roomType: { basePrice: 787_500 } });
  await addTax({ ...gst, bands, isInclusive: true }, here);
  expect(await quote(here)).toMatchObject({ taxes: [{ rateBps: 500, amount: 37_500 }], totalPayable: 787_500 });
});
