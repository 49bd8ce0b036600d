import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { expireHolds } from '../../src/services/hold/expire-holds.ts';
import { startTestApp } from '../support/app.ts';
import type { TestApp } from '../support/app.ts';
import { daysAhead, guest, stayBody } from '../support/build.ts';
import { staffSpa } from '../support/build-spa.ts';
import { openDesk } from '../support/desk.ts';
import type { Desk } from '../support/desk.ts';
import { refusal } from '../support/problems.ts';
import { addPromo, countUses, findMisusedPromos } from '../support/promo.ts';
import { countStatements } from '../support/queries.ts';
import { DRY_RUN } from '../support/spa.ts';
import { dumpTables } from '../support/tables.ts';

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
const search = (desk: Desk, query = '', headers: Record<string, string> = {}) => {
  const nights = `checkIn=${daysAhead(30)}&checkOut=${daysAhead(31)}`;
  return t.call('GET', `${desk.hotel.path}/availability?${nights}${query}`, { headers });
};
/** A desk with one promo; TEN takes ten per cent off the 100.00 a night costs. */
async function deskWith(promo: Parameters<typeof addPromo>[2] = {}, options: Parameters<typeof openDesk>[1] = {}) {
  const desk = await openDesk(t, options);
  await addPromo(t, desk.hotel.propertyId, promo);
  return desk;
}

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
  expect(body.booking.price).toMatchObject({ promoDiscount: 10_000, totalPayable: 0, depositDue: 0, gatewayPayable: 0 });
});

test('with nothing to pay, a booking waits for staff where they approve', async () => {
  const desk = await deskWith({ type: 'FIXED', value: 10_000 }, { property: { approval: 'STAFF' } });
  expect((await book(desk)).body.booking).toMatchObject({ status: 'PENDING_APPROVAL', price: { totalPayable: 0 } });
});

const DAY_MS = 86_400_000;
const later = (days: number) => new Date(Date.now() + days * DAY_MS);
const REASONS = [
  ['INACTIVE', { isActive: false }],
  ['NOT_YET_VALID', { validFrom: later(1) }],
  ['NO_LONGER_VALID', { validUntil: later(-1) }],
  ['OUT_OF_SCOPE', { services: ['FACIAL'] }],
  ['BELOW_MINIMUM', { minAmount: 10_001 }],
] as const;

describe.each(REASONS)('a promo that is %s', (reason, parts) => {
  test('is refused as one that does not exist, everywhere a guest may try it', async () => {
    const desk = await deskWith({ ...parts, ...('services' in parts && { services: [...parts.services] }) });
    for (const code of ['TEN', 'NOSUCH']) {
      expect(await quote(desk, code)).toMatchObject(REFUSED);
      expect(await book(desk, { promoCode: code })).toMatchObject(REFUSED);
      expect(await search(desk, `&promoCode=${code}`)).toMatchObject(REFUSED);
    }
    const [wrong, unusable] = [await quote(desk, 'NOSUCH'), await quote(desk, 'TEN')];
    expect({ ...unusable.body, instance: '' }).toEqual({ ...wrong.body, instance: '' });
  });

  test('is explained to staff', async () => {
    const desk = await deskWith({ ...parts, ...('services' in parts && { services: [...parts.services] }) });
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
  const prices = (body.roomTypes as { code: string; totalPayable: number }[]).map((each) => [each.code, each.totalPayable]);
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
  const key = { 'idempotency-key': 'one-promo' };
  const first = await book(desk, {}, key);
  expect(await book(desk, {}, key)).toMatchObject({
    ...{ status: 201, body: first.body, headers: { 'idempotent-replayed': 'true' } },
  });
  expect(await countUses(t, desk.hotel.propertyId)).toEqual({ uses: 1, live: 1 });
});

test('a dry run says what it would cost, and uses nothing', async () => {
  const desk = await deskWith({ maxUses: 1 });
  const before = await dumpTables(t.database);
  expect(await book(desk, {}, DRY_RUN)).toMatchObject({
    ...{ status: 200, body: { booking: { promoCode: 'TEN', price: { promoDiscount: 1_000 } } } },
  });
  expect(await dumpTables(t.database)).toEqual(before);
});

describe('a use comes back', () => {
  test('when the hold ends', async () => {
    const desk = await deskWith({ maxUses: 1 });
    await book(desk);
    await t.database.travel('11 minutes');
    await expireHolds(t.ctx);
    expect(await countUses(t, desk.hotel.propertyId)).toEqual({ uses: 0, live: 0 });
    expect((await book(desk)).status).toBe(201);
  });

  test('when the deadline has passed, though nobody has ended the hold yet, and whatever nights it has', async () => {
    const desk = await deskWith({ maxUses: 1, maxUsesPerCustomer: 1 });
    const { code } = (await book(desk, { checkIn: daysAhead(60), checkOut: daysAhead(61) })).body.booking;
    await t.database.travel('11 minutes');
    expect(await quote(desk, 'TEN')).toMatchObject({ status: 200 });
    expect((await book(desk)).status).toBe(201);
    expect((await desk.call('GET', `/bookings/${code as string}`)).body).toMatchObject({ status: 'EXPIRED' });
    expect(await book(desk)).toMatchObject(REFUSED);
  });

  test('to the customer, when their own deadline has passed', async () => {
    const desk = await deskWith({ maxUsesPerCustomer: 1 });
    await book(desk);
    await t.database.travel('11 minutes');
    expect((await book(desk)).status).toBe(201);
    expect(await countUses(t, desk.hotel.propertyId)).toEqual({ uses: 1, live: 1 });
  });

  test('when the booking is cancelled, and it still says what it was sold with', async () => {
    const desk = await deskWith({ maxUses: 1 });
    const { code } = (await bookAtDesk(desk)).body.booking;
    const cancelled = await desk.act(code as string, 'cancel');
    expect(cancelled).toMatchObject({ status: 200, body: { promoCode: 'TEN', price: { promoDiscount: 1_000 } } });
    expect(await countUses(t, desk.hotel.propertyId)).toEqual({ uses: 0, live: 0 });
    expect((await bookAtDesk(desk)).status).toBe(201);
  });

  test('when the booking is declined', async () => {
    const desk = await deskWith({ type: 'FIXED', value: 10_000, maxUses: 1 }, { property: { approval: 'STAFF' } });
    const { code } = (await book(desk)).body.booking;
    expect((await desk.act(code as string, 'decline', { reasonCode: 'NO_CAPACITY' })).status).toBe(200);
    expect(await countUses(t, desk.hotel.propertyId)).toEqual({ uses: 0, live: 0 });
  });

  test('but not from a guest who does not come', async () => {
    const desk = await deskWith({ maxUses: 1 });
    const { code } = (await bookAtDesk(desk, { checkIn: daysAhead(1), checkOut: daysAhead(2) })).body.booking;
    await t.database.travel('50 hours');
    expect((await desk.act(code as string, 'no-show')).body).toMatchObject({ status: 'NO_SHOW' });
    expect(await countUses(t, desk.hotel.propertyId)).toEqual({ uses: 1, live: 1 });
  });
});

describe('a booking that is moved', () => {
  const move = (desk: Desk, code: string, nights: number) =>
    desk.act(code, 'reschedule', { checkIn: daysAhead(40), checkOut: daysAhead(40 + nights) });

  test('keeps its promo, at the price of where it goes', async () => {
    const desk = await deskWith({ maxUses: 1 });
    const { code } = (await bookAtDesk(desk)).body.booking;
    const moved = await move(desk, code as string, 3);
    expect(moved).toMatchObject({ status: 200, body: { promoCode: 'TEN' } });
    expect(moved.body.price).toMatchObject({ baseAmount: 30_000, promoDiscount: 3_000, totalPayable: 27_000 });
    expect(await countUses(t, desk.hotel.propertyId)).toEqual({ uses: 1, live: 1 });
  });

  test('keeps it as it was sold, whatever staff have made of the code since', async () => {
    const desk = await deskWith({ minAmount: 10_000 });
    const { code } = (await bookAtDesk(desk)).body.booking;
    const body = { type: 'FIXED', value: 1, isActive: false, minAmount: 1_000_000, validUntil: '2026-01-01T00:00:00Z' };
    expect((await desk.call('PATCH', '/promos/TEN', { body })).status).toBe(200);
    const before = (await desk.call('GET', `/bookings/${code as string}`)).body;
    expect(before.price).toMatchObject({ promoDiscount: 1_000 });
    expect((await move(desk, code as string, 2)).body.price).toMatchObject({ promoDiscount: 2_000 });
  });
});

describe('an appointment', () => {
  const tomorrow = { startsAt: `${daysAhead(30)}T15:00` };

  test('is booked with a promo, and moved with it', async () => {
    const spa = await staffSpa(t);
    await addPromo(t, spa.propertyId, { services: ['FACIAL'] });
    const quoted = await t.call('POST', `${spa.path}/quotes`, {
      body: { kind: 'APPOINTMENT', service: 'FACIAL', ...tomorrow, promoCode: 'ten' },
    });
    expect(quoted).toMatchObject({ status: 200, body: { price: { promoDiscount: 1_200, totalPayable: 10_800 } } });
    const { code, booking } = await spa.booked({ ...tomorrow, promoCode: 'ten' });
    expect(booking).toMatchObject({ promoCode: 'TEN', price: quoted.body.price });
    const moved = await spa.act(code, 'reschedule', { startsAt: `${daysAhead(31)}T15:00` });
    expect(moved).toMatchObject({ status: 200, body: { promoCode: 'TEN', price: { promoDiscount: 1_200 } } });
    await spa.act(code, 'cancel');
    expect(await countUses(t, spa.propertyId)).toEqual({ uses: 0, live: 0 });
  });

  test('of a service the promo is not for is refused with it', async () => {
    const spa = await staffSpa(t, { services: { FACIAL: {}, LASER: {} } });
    await addPromo(t, spa.propertyId, { services: ['LASER'] });
    expect(await spa.book({ ...tomorrow, promoCode: 'TEN' })).toMatchObject(REFUSED);
    expect((await spa.book({ ...tomorrow, service: 'LASER', promoCode: 'TEN' })).status).toBe(201);
  });

  test('finds the next who is free, with its promo too', async () => {
    const spa = await staffSpa(t);
    await addPromo(t, spa.propertyId, { maxUses: 2 });
    const both = [await spa.booked({ ...tomorrow, promoCode: 'TEN' }), await spa.booked({ ...tomorrow, promoCode: 'TEN' })];
    const providers = both.map(({ booking }) => booking.appointment.provider as string);
    expect(providers.toSorted()).toEqual(['DANIELLE', 'RYAN']);
    expect(await spa.book({ startsAt: `${daysAhead(30)}T17:00`, promoCode: 'TEN' })).toMatchObject(REFUSED);
  });

  test('whose time is taken leaves the promo to others', async () => {
    const spa = await staffSpa(t, { providers: { DANIELLE: [{ fromMinute: 540, toMinute: 1_080 }] } });
    await addPromo(t, spa.propertyId, { maxUses: 1 });
    await spa.booked(tomorrow);
    expect(await spa.book({ ...tomorrow, promoCode: 'TEN' })).toMatchObject(refusal('slot_taken'));
    expect(await countUses(t, spa.propertyId)).toEqual({ uses: 0, live: 0 });
  });
});

test('a stay that is sold out leaves the promo to others', async () => {
  const desk = await deskWith({ maxUses: 1 }, { rooms: 1 });
  await desk.book();
  expect(await book(desk)).toMatchObject(refusal('sold_out'));
  expect(await countUses(t, desk.hotel.propertyId)).toEqual({ uses: 0, live: 0 });
});
