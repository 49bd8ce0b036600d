import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startTestApp } from '../../../support/server/app.ts';
import type { TestApp } from '../../../support/server/app.ts';
import { daysAhead, guest, stayBody } from '../../../support/hotel/build.ts';
import { openDesk } from '../../../support/hotel/desk.ts';
import type { Desk } from '../../../support/hotel/desk.ts';
import { refusal } from '../../../support/http/problems.ts';
import { countUses, deskWithPromo, findMisusedPromos } from '../../../support/money/promo.ts';
import type { PromoRow } from '../../../support/money/promo.ts';
import { countStatements } from '../../../support/database/queries.ts';
import { DRY_RUN } from '../../../support/spa/spa.ts';
import { dumpTables } from '../../../support/database/tables.ts';

let t: TestApp;

beforeAll(async () => {
  t = await startTestApp();
});
afterEach(async () => {
  await t.database.travel('0 minutes');
  expect(await findMisusedPromos(t)).toEqual([]);
});
afterAll(() => t.close());

const { guest: _, ...stay } = stayBody();
const SAME = 'This promo code can not be used for this booking.';
const REFUSED = refusal('promo_invalid', { detail: SAME });

const quote = (desk: Desk, promoCode: string, wish: object = {}) =>
  t.call('POST', `${desk.hotel.path}/quotes`, { body: { ...stay, promoCode, ...wish } });
const book = (desk: Desk, wish: object = {}, headers: Record<string, string> = {}) =>
  t.call('POST', `${desk.hotel.path}/bookings`, { body: stayBody({ promoCode: 'TEN', ...wish }), headers });
const bookAtDesk = (desk: Desk, wish: object = {}) =>
  desk.call('POST', '/bookings', { body: stayBody({ promoCode: 'TEN', payment: 'ON_SITE', ...wish }) });
const search = (desk: Desk, query = '') =>
  t.call('GET', `${desk.hotel.path}/availability?checkIn=${daysAhead(30)}&checkOut=${daysAhead(31)}${query}`);
/** A desk with one promo; TEN takes ten per cent off the 100.00 a night costs. */
const deskWith = (promo: PromoRow = {}, options: Parameters<typeof openDesk>[1] = {}) =>
  deskWithPromo(t, promo, options);

test('a promo is taken off in search, quote and booking alike', async () => {
  const desk = await deskWith();
  const price = { baseAmount: 10_000, promoDiscount: 1_000, subtotalAfterPromo: 9_000, totalPayable: 9_000 };
  expect((await search(desk, '&promoCode=TEN')).body.roomTypes).toMatchObject([
    { code: 'ROOM', baseAmount: 10_000, totalPayable: 9_000 },
  ]);
  expect(await quote(desk, 'TEN')).toMatchObject({ status: 200, body: { price } });
  expect(await book(desk)).toMatchObject({ status: 201, body: { booking: { price, promoCode: 'TEN' } } });
});

test('a code is the same in small letters and with a space around it', async () => {
  const desk = await deskWith();
  expect(await quote(desk, ' ten ')).toMatchObject({ status: 200, body: { price: { promoDiscount: 1_000 } } });
  expect((await book(desk, { promoCode: 'tEn ' })).body.booking).toMatchObject({ promoCode: 'TEN' });
});

test('guest, staff and list see with which promo a booking was sold', async () => {
  const desk = await deskWith();
  const { booking, guestToken } = (await book(desk)).body;
  const plain = await desk.book();
  const seen = await t.call('GET', '/v1/guest/booking', { token: guestToken });
  expect(seen.body).toMatchObject({ promoCode: 'TEN', price: { promoDiscount: 1_000 } });
  expect((await desk.call('GET', `/bookings/${booking.code as string}`)).body).toMatchObject({ promoCode: 'TEN' });
  const listed = (await desk.call('GET', '/bookings?sort=createdAt')).body.items as { promoCode: string | null }[];
  expect(listed.map(({ promoCode }) => promoCode)).toEqual(['TEN', null]);
  expect(plain.booking).toMatchObject({ promoCode: null });
});

test('a booking without a code costs no statement more than before there were promos', async () => {
  const desk = await openDesk(t, { rooms: 3 });
  await desk.book();
  expect(await countStatements(() => desk.book())).toBe(2);
});

test('a fixed promo is never more than the price: nothing is left to pay, so nothing is waited for', async () => {
  const desk = await deskWith({ type: 'FIXED', value: 1_000_000 });
  const { status, body } = await book(desk);
  expect(status).toBe(201);
  expect(body.booking).toMatchObject({ status: 'CONFIRMED', balanceDue: 0, expiresAt: null });
  expect(body.booking.price).toMatchObject({
    promoDiscount: 10_000,
    totalPayable: 0,
    depositDue: 0,
    gatewayPayable: 0,
  });
});

test('with nothing to pay, a booking waits for staff where they approve', async () => {
  const desk = await deskWith({ type: 'FIXED', value: 10_000 }, { property: { approval: 'STAFF' } });
  expect((await book(desk)).body.booking).toMatchObject({ status: 'PENDING_APPROVAL', price: { totalPayable: 0 } });
});

const DAY_MS = 86_400_000;
const later = (days: number) => new Date(Date.now() + days * DAY_MS);
const REASONS: [string, PromoRow][] = [
  ['INACTIVE', { isActive: false }],
  ['NOT_YET_VALID', { validFrom: later(1) }],
  ['NO_LONGER_VALID', { validUntil: later(-1) }],
  ['OUT_OF_SCOPE', { services: ['FACIAL'] }],
  ['BELOW_MINIMUM', { minAmount: 10_001 }],
];

describe.each(REASONS)('a promo that is %s', (reason, parts) => {
  test('is refused as one that does not exist, everywhere a guest may try it', async () => {
    const desk = await deskWith(parts);
    for (const code of ['TEN', 'NOSUCH']) {
      expect(await quote(desk, code)).toMatchObject(REFUSED);
      expect(await book(desk, { promoCode: code })).toMatchObject(REFUSED);
      expect(await search(desk, `&promoCode=${code}`)).toMatchObject(REFUSED);
    }
    const [wrong, unusable] = [await quote(desk, 'NOSUCH'), await quote(desk, 'TEN')];
    expect({ ...unusable.body, instance: '' }).toEqual({ ...wrong.body, instance: '' });
  });

  test('is explained to staff', async () => {
    const desk = await deskWith(parts);
    expect(await bookAtDesk(desk)).toMatchObject(refusal('promo_invalid', { reason }));
    expect(await bookAtDesk(desk, { promoCode: 'NOSUCH' })).toMatchObject(
      refusal('promo_invalid', { reason: 'UNKNOWN' }),
    );
  });
});

test('another property’s code is none here', async () => {
  await deskWith();
  expect(await quote(await openDesk(t), 'TEN')).toMatchObject(REFUSED);
});

test('a promo for some room types lowers their price in a search, and no other', async () => {
  const desk = await deskWith({ roomTypes: ['ROOM'] });
  const attic = { code: 'ATTIC', name: 'Attic', maxOccupancy: 2, baseOccupancy: 2, basePrice: 5_000 };
  expect((await desk.call('POST', '/room-types', { body: attic })).status).toBe(201);
  const { body } = await search(desk, '&promoCode=TEN');
  const prices = (body.roomTypes as { code: string; totalPayable: number }[]).map((each) => [
    each.code,
    each.totalPayable,
  ]);
  expect(Object.fromEntries(prices)).toEqual({ ROOM: 9_000, ATTIC: 5_000 });
});

test('an answer with a promo is nobody else’s: no cache may keep it', async () => {
  const desk = await deskWith();
  expect((await search(desk, '&promoCode=TEN')).headers).toMatchObject({ 'cache-control': 'no-store' });
  expect((await search(desk)).headers).toMatchObject({ 'cache-control': 'public, max-age=1' });
});

test('a code for one use is refused while a booking has it, to guests without a reason', async () => {
  const desk = await deskWith({ maxUses: 1 });
  expect((await book(desk)).status).toBe(201);
  expect(await book(desk)).toMatchObject(REFUSED);
  expect(await bookAtDesk(desk)).toMatchObject(refusal('promo_invalid', { reason: 'USED_UP' }));
  expect(await countUses(t, desk.hotel.propertyId)).toEqual({ uses: 1, live: 1 });
});

test('a customer has as many uses as one may have, by whatever spelling of the mailbox; another has their own', async () => {
  const desk = await deskWith({ maxUsesPerCustomer: 1 }, { rooms: 5 });
  expect((await book(desk)).status).toBe(201);
  const shouted = { guest: { ...guest, email: 'AOIFE@Example.com' } };
  expect(await book(desk, shouted)).toMatchObject(REFUSED);
  expect(await bookAtDesk(desk, shouted)).toMatchObject(refusal('promo_invalid', { reason: 'USED_BY_CUSTOMER' }));
  const other = { ...guest, email: 'other@example.com' };
  expect((await book(desk, { guest: other })).status).toBe(201);
  // The one who books is the customer.
  expect(await book(desk, { guest: { ...guest, email: 'third@example.com' }, booker: other })).toMatchObject(REFUSED);
  expect(await countUses(t, desk.hotel.propertyId)).toEqual({ uses: 2, live: 2 });
});

test('a refused code takes neither nights nor anything else', async () => {
  const desk = await deskWith({ maxUsesPerCustomer: 1 }, { rooms: 5 });
  await book(desk);
  const before = await dumpTables(t.database);
  expect(await book(desk)).toMatchObject(REFUSED);
  expect(await dumpTables(t.database)).toEqual(before);
});

test('a repeat with the same key gets the booking that used the code', async () => {
  const desk = await deskWith({ maxUses: 1 });
  const key = { 'idempotency-key': crypto.randomUUID() };
  const first = await book(desk, {}, key);
  expect(await book(desk, {}, key)).toMatchObject({
    status: 201,
    body: first.body,
    headers: { 'idempotent-replayed': 'true' },
  });
  expect(await countUses(t, desk.hotel.propertyId)).toEqual({ uses: 1, live: 1 });
});

test('a dry run says what it would cost, and uses nothing', async () => {
  const desk = await deskWith({ maxUses: 1 });
  const before = await dumpTables(t.database);
  expect(await book(desk, {}, DRY_RUN)).toMatchObject({
    status: 200,
    body: { booking: { promoCode: 'TEN', price: { promoDiscount: 1_000 } } },
  });
  expect(await dumpTables(t.database)).toEqual(before);
});
