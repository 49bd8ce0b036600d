import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApp } from '../../support/server/app.ts';
import type { TestApp } from '../../support/server/app.ts';
import { daysAhead, stayBody } from '../../support/hotel/build.ts';
import { openDesk } from '../../support/hotel/desk.ts';
import type { Desk } from '../../support/hotel/desk.ts';

let t: TestApp;
let desk: Desk;

beforeAll(async () => {
  t = await startTestApp();
  desk = await openDesk(t, { rooms: 20 });
});
afterAll(() => t.close());

const refused = (path: string, message?: string | RegExp) => ({
  status: 400,
  body: {
    code: 'validation_failed',
    errors: [{ path, ...(message !== undefined && { message: expect.stringMatching(message) }) }],
  },
});
const settings = (body: object) => desk.call('PATCH', '', { body });
const policy = (...tiers: [hoursBefore: number, refundPercent: number][]) =>
  settings({
    cancellationPolicy: { tiers: tiers.map(([hoursBefore, refundPercent]) => ({ hoursBefore, refundPercent })) },
  });

describe('settings that contradict each other', () => {
  test('a guest can not arrive before the last one has left', async () => {
    expect(await settings({ checkInTime: '15:00', checkOutTime: '11:00' })).toMatchObject({ status: 200 });
    expect(await settings({ checkInTime: '10:00' })).toMatchObject(refused('checkInTime', /checkOutTime, 11:00/));
    expect(await settings({ checkOutTime: '16:00' })).toMatchObject(refused('checkInTime'));
    expect(await settings({ checkInTime: '11:00' })).toMatchObject({ status: 200 });
  });

  test('the notice must be shorter than the booking window', async () => {
    expect(await settings({ bookingWindowDays: 2, minNoticeMinutes: 2_880 })).toMatchObject(
      refused('minNoticeMinutes', /less than the booking window of 2 days/),
    );
    expect(await settings({ bookingWindowDays: 2, minNoticeMinutes: 2_879 })).toMatchObject({ status: 200 });
    expect(await settings({ bookingWindowDays: 1 })).toMatchObject(refused('minNoticeMinutes', /one day/));
    expect(await settings({ bookingWindowDays: 365, minNoticeMinutes: 0 })).toMatchObject({ status: 200 });
  });

  test('one hour has one tier, and a later cancellation refunds no more', async () => {
    expect(await policy([48, 100], [24, 50], [24, 0])).toMatchObject(
      refused('cancellationPolicy.tiers.2.hoursBefore', /another tier/),
    );
    expect(await policy([24, 100], [48, 50])).toMatchObject(
      refused('cancellationPolicy.tiers.0.refundPercent', /earlier cancellation/),
    );
    expect(await policy([24, 50], [48, 100], [2, 50])).toMatchObject({ status: 200 });
  });

  test('what was contradictory before does not stand in the way of other settings', async () => {
    await t.database.sql(`UPDATE properties SET check_in_time = '09:00', check_out_time = '12:00' WHERE id = $1`, [
      desk.hotel.propertyId,
    ]);
    expect(await settings({ holdMinutes: 15 })).toMatchObject({ status: 200 });
    expect(await settings({ checkInTime: '12:00' })).toMatchObject({ status: 200 });
  });
});

describe('services', () => {
  const service = { name: 'Facial', durationMinutes: 60, price: 9_000 };

  test('the notice of a service and the window of the property must leave something to book', async () => {
    const create = (code: string, more: object) =>
      desk.call('POST', '/services', { body: { ...service, code, ...more } });
    expect(await create('NEVER', { bookingWindowDays: 1, minNoticeMinutes: 1_440 })).toMatchObject(
      refused('minNoticeMinutes', /one day/),
    );
    expect(await create('LATE', { minNoticeMinutes: 10_080 })).toMatchObject({ status: 201 });
    expect(await desk.call('PATCH', '/services/LATE', { body: { bookingWindowDays: 7 } })).toMatchObject(
      refused('minNoticeMinutes', /7 days/),
    );
    expect(await settings({ bookingWindowDays: 7 })).toMatchObject(refused('bookingWindowDays', /LATE/));
    expect(await desk.call('PATCH', '/services/LATE', { body: { isActive: false } })).toMatchObject({ status: 200 });
    expect(await settings({ bookingWindowDays: 7 })).toMatchObject({ status: 200 });
    expect(await settings({ bookingWindowDays: 365 })).toMatchObject({ status: 200 });
  });
});

describe('room types', () => {
  const roomType = { name: 'Loft', maxOccupancy: 3, baseOccupancy: 2, basePrice: 20_000 };

  test('a discounted price is below the base price, whichever of the two is changed', async () => {
    const create = (code: string, discountedPrice: number) =>
      desk.call('POST', '/room-types', { body: { ...roomType, code, discountedPrice } });
    expect(await create('LOFT', 20_001)).toMatchObject(refused('discountedPrice', /basePrice/));
    expect(await create('LOFT', 18_000)).toMatchObject({ status: 201 });
    const change = (body: object) => desk.call('PATCH', '/room-types/LOFT', { body });
    expect(await change({ basePrice: 17_000 })).toMatchObject(refused('discountedPrice'));
    expect(await change({ baseOccupancy: 4 })).toMatchObject(refused('baseOccupancy'));
    expect(await change({ basePrice: 17_000, discountedPrice: null })).toMatchObject({ status: 200 });
  });
});

describe('codes and counts', () => {
  test('codes are accepted in any case, on staff paths too', async () => {
    const code = await desk.confirm();
    const lower = code.toLowerCase();
    expect(await desk.call('GET', `/bookings/${lower}`)).toMatchObject({ status: 200, body: { code } });
    expect(await desk.call('GET', `/bookings/${lower}/history`)).toMatchObject({ status: 200 });
    expect(await desk.act(lower, 'cancel', {})).toMatchObject({ status: 200, body: { code, status: 'CANCELLED' } });
    expect(await desk.call('PATCH', '/room-types/room', { body: { minStay: 1 } })).toMatchObject({
      status: 200,
      body: { code: 'ROOM' },
    });
    const booked = await t.call('POST', `${desk.hotel.path}/bookings`, { body: stayBody({ roomType: ' room ' }) });
    expect(booked).toMatchObject({ status: 201, body: { booking: { stay: { roomType: 'ROOM' } } } });
  });

  test('too many guests are told how many fit', async () => {
    expect(await t.call('POST', `${desk.hotel.path}/bookings`, { body: stayBody({ adults: 5 }) })).toMatchObject({
      status: 422,
      body: { code: 'occupancy_exceeded', detail: 'Room has room for at most 4 guests.', maxOccupancy: 4 },
    });
  });

  test.each([
    ['adults=0', 'adults'],
    ['adults=two', 'adults'],
    ['children=9', 'children'],
  ])('a search with %s is told about %s, not about its dates', async (query, path) => {
    const nights = `checkIn=${daysAhead(30)}&checkOut=${daysAhead(31)}`;
    const { status, body } = await t.call('GET', `${desk.hotel.path}/availability?${nights}&${query}`);
    expect(status).toBe(400);
    expect(body.errors.map((error: { path: string }) => error.path)).toEqual([path]);
    expect(body.detail ?? '').not.toContain('checkIn');
  });
});
