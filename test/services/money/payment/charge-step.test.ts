import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { findViolations } from '../../../support/database/invariants.ts';
import { newGuest, stayBody } from '../../../support/hotel/build.ts';
import { invalid } from '../../../support/http/problems.ts';
import { startPayingApp } from '../../../support/sandbox/sandbox.ts';
import type { PaidHotel, PayingApp } from '../../../support/sandbox/sandbox.ts';
import { customerOf, findLedgerFaults } from '../../../support/money/wallet.ts';

// A hotel in Kuwait. The gateway takes tens of fils only.

let t: PayingApp;
let hotel: PaidHotel;

beforeAll(async () => {
  t = await startPayingApp({ LOG_LEVEL: 'error' });
  hotel = await t.hotelOf('AUTOMATIC', 20);
  await t.database.sql(`UPDATE properties SET currency = 'KWD' WHERE id = $1`, [hotel.propertyId]);
  await t.database.sql('UPDATE room_types SET base_price = 33330 WHERE property_id = $1', [hotel.propertyId]);
});
afterEach(async () => {
  await t.settle();
  expect(await findLedgerFaults(t, hotel.propertyId)).toEqual([]);
  expect(await findViolations(t.ctx)).toEqual([]);
});
afterAll(() => t.close());

const staff = (method: 'GET' | 'POST' | 'PUT' | 'PATCH', path: string, body?: object) =>
  t.call(method, `/v1/staff/properties/${hotel.slug}${path}`, { token: hotel.ownerToken, ...(body && { body }) });

const roomType = { code: 'SUITE', name: 'Suite', maxOccupancy: 4, baseOccupancy: 2, basePrice: 5_120 };
const service = {
  code: 'FACIAL',
  name: 'Facial',
  durationMinutes: 60,
  slotStepMinutes: 30,
  pricing: 'PER_BOOKING',
  price: 5_120,
  providers: [],
};
const night = { roomType: 'ROOM', from: '2050-05-14', to: '2050-05-15' };
const cityTax = { code: 'CITY', name: 'City tax', basis: 'FLAT_PER_NIGHT', isInclusive: false };

const promo = { code: 'LESS', name: 'Less', type: 'FIXED' };

test.each([
  ['POST', '/room-types', { ...roomType, basePrice: 5_124 }, 'basePrice'],
  ['POST', '/room-types', { ...roomType, extraAdultCharge: 1 }, 'extraAdultCharge'],
  ['PATCH', '/room-types/ROOM', { discountedPrice: 5_125 }, 'discountedPrice'],
  ['PUT', '/inventory', { ...night, price: 5_121 }, 'price'],
  ['POST', '/services', { ...service, price: 5_129 }, 'price'],
  ['POST', '/zones', { code: 'FAR', name: 'Far', postalCodes: ['13001'], fee: 15 }, 'fee'],
  ['POST', '/taxes', { ...cityTax, amount: 5 }, 'amount'],
  ['POST', '/promos', { ...promo, value: 1_001 }, 'value'],
  ['PATCH', '', { depositPolicy: { type: 'FIXED', value: 9 } }, 'depositPolicy.value'],
] as const)('%s %s refuses an amount that no card could be charged', async (method, path, body, field) => {
  const answer = await staff(method, path, body);
  expect(answer).toMatchObject(invalid(field));
});

test('amounts in tens are taken', async () => {
  expect(await staff('PUT', '/inventory', { ...night, price: 5_120 })).toMatchObject({ status: 200 });
  expect(await staff('POST', '/promos', { ...promo, value: 1_010 })).toMatchObject({ status: 201 });
});

test('whatever is paid, kept and refunded by percentages, the gateway is asked for tens', async () => {
  await staff('POST', '/taxes', { code: 'VAT', name: 'VAT', basis: 'PERCENT', isInclusive: false, rateBps: 777 });
  const settings = {
    paymentPolicy: 'DEPOSIT',
    depositPolicy: { type: 'PERCENT', value: 3_333 },
    cancellationPolicy: { tiers: [{ hoursBefore: 0, refundPercent: 37 }] },
  };
  expect(await staff('PATCH', '', settings)).toMatchObject({ status: 200 });
  const { code, guestToken, url, created } = await t.bookAndOpen(hotel.path, stayBody({ guest: newGuest() }));
  // 33.330 and 7.77 % of it, 2.589741, which is charged as 2.590. A third of that is the deposit.
  expect(created.body.booking.price).toMatchObject({ taxAmount: 2_590, totalPayable: 35_920, depositDue: 11_970 });
  await t.payOn(url);
  await t.reaches(guestToken, { status: 'CONFIRMED', paidAmount: 11_970 });
  for (const [action, body] of [
    ['refunds', { amount: 1_234, reason: 'Noise' }],
    ['payments', { method: 'CASH', amount: 5 }],
  ] as const) {
    expect(await staff('POST', `/bookings/${code}/${action}`, body)).toMatchObject(invalid('amount'));
  }
  expect(await staff('POST', `/bookings/${code}/refunds`, { amount: 1_230, reason: 'Noise' })).toMatchObject({
    status: 200,
  });
  expect(await t.call('POST', '/v1/guest/booking/cancel', { token: guestToken, body: {} })).toMatchObject({
    body: { status: 'CANCELLED' },
  });
  // 37 % of the 10.740 that are left: 3.9738.
  await t.reachesAtDesk(hotel, code, { refunds: [{ amount: 1_230 }, { amount: 3_970, state: 'DONE' }] });
  const { requests } = (await t.control('GET', '/journal')) as { requests: { params: object }[] };
  const amounts = JSON.stringify(requests).match(/(?<="(?:unit_amount|amount|amount_to_capture)":")\d+/g) ?? [];
  expect(amounts.length).toBeGreaterThanOrEqual(4);
  expect(amounts.filter((amount) => !amount.endsWith('0'))).toEqual([]);
});

test('a wallet is credited, debited and spent in tens', async () => {
  const { body } = await t.call('POST', `${hotel.path}/bookings`, { body: stayBody({ guest: newGuest() }) });
  const customer = await customerOf(t, body.booking.code);
  const wallet = `/customers/${customer}/wallet`;
  const reason = 'Kindness';
  expect(await staff('POST', `${wallet}/credits`, { amount: 1_005, reason })).toMatchObject(invalid('amount'));
  expect(await staff('POST', `${wallet}/credits`, { amount: 1_000, reason })).toMatchObject({ status: 200 });
  expect(await staff('POST', `${wallet}/debits`, { amount: 5, reason })).toMatchObject(invalid('amount'));
  const link = await staff('POST', `/bookings/${String(body.booking.code)}/guest-link`, {});
  const open = (walletAmount: number) =>
    t.call('POST', '/v1/guest/booking/payment-session', { token: link.body.guestToken, body: { walletAmount } });
  expect(await open(505)).toMatchObject(invalid('walletAmount'));
  expect(await open(500)).toMatchObject({ status: 200, body: { stage: 'SESSION_CREATED' } });
});
