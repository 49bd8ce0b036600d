import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { expireHolds } from '../../../src/services/selling/hold/expire-holds.ts';
import { startTestApp } from '../../support/server/app.ts';
import type { TestApp } from '../../support/server/app.ts';
import { daysAhead, stayBody } from '../../support/hotel/build.ts';
import { staffSpa } from '../../support/spa/build-spa.ts';
import type { Desk, openDesk } from '../../support/hotel/desk.ts';
import { refusal } from '../../support/http/problems.ts';
import { addPromo, countUses, deskWithPromo, findMisusedPromos } from '../../support/money/promo.ts';
import type { PromoRow } from '../../support/money/promo.ts';

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
const REFUSED = refusal('promo_invalid', { detail: 'This promo code can not be used for this booking.' });

const quote = (desk: Desk) => t.call('POST', `${desk.hotel.path}/quotes`, { body: { ...stay, promoCode: 'TEN' } });
const book = (desk: Desk, wish: object = {}) =>
  t.call('POST', `${desk.hotel.path}/bookings`, { body: stayBody({ promoCode: 'TEN', ...wish }) });
const bookAtDesk = (desk: Desk, wish: object = {}) =>
  desk.call('POST', '/bookings', { body: stayBody({ promoCode: 'TEN', payment: 'ON_SITE', ...wish }) });
/** A desk with one promo; TEN takes ten per cent off the 100.00 a night costs. */
const deskWith = (promo: PromoRow = {}, options: Parameters<typeof openDesk>[1] = {}) =>
  deskWithPromo(t, promo, options);

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
    expect(await quote(desk)).toMatchObject({ status: 200 });
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
    const both = [
      await spa.booked({ ...tomorrow, promoCode: 'TEN' }),
      await spa.booked({ ...tomorrow, promoCode: 'TEN' }),
    ];
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
