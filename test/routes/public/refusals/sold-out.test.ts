import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp } from '../../../support/server/app.ts';
import type { Answer, TestApp } from '../../../support/server/app.ts';
import { daysAhead, stayBody } from '../../../support/hotel/build.ts';
import { openDesk } from '../../../support/hotel/desk.ts';
import type { Desk } from '../../../support/hotel/desk.ts';
import { refusal } from '../../../support/http/problems.ts';

let t: TestApp;

beforeAll(async () => {
  t = await startTestApp();
});
afterAll(() => t.close());

const book = (
  desk: Desk,
  overrides: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): Promise<Answer> => t.call('POST', `${desk.hotel.path}/bookings`, { body: stayBody(overrides), headers });

/** A hotel with one ROOM, and as many of the room type BETTER as asked for. */
async function openWithBetterRooms(rooms: number): Promise<Desk> {
  const desk = await openDesk(t, { rooms: 1 });
  const fields = { code: 'BETTER', name: 'Better room', maxOccupancy: 4, baseOccupancy: 2, basePrice: 15_000 };
  await desk.call('POST', '/room-types', { body: fields });
  for (let number = 201; number < 201 + rooms; number += 1) {
    await desk.call('POST', '/rooms', { body: { number: String(number), roomType: 'BETTER' } });
  }
  return desk;
}

test('who comes too late hears why, and at least three stays that can then really be booked', async () => {
  const desk = await openDesk(t, { rooms: 1 });
  await desk.confirm();
  const answer = await book(desk);
  expect(answer).toMatchObject(refusal('sold_out', { reason: 'SOLD_OUT', heldUntil: null }));
  const { alternatives } = answer.body;
  expect(alternatives.length).toBeGreaterThanOrEqual(3);
  for (const { totalPayable, currency, ...stay } of alternatives) {
    const booked = await book(desk, stay);
    expect(booked).toMatchObject({ status: 201, body: { booking: { price: { totalPayable, currency } } } });
  }
});

test('when it is holds that are in the way, heldUntil is when the first of them ends', async () => {
  const desk = await openDesk(t, { rooms: 1 });
  const { booking } = await desk.book();
  const late = await book(desk);
  expect(late).toMatchObject(refusal('sold_out', { reason: 'HELD', heldUntil: booking.expiresAt }));
});

test('another room type on the same nights comes before other nights, and nearer nights first', async () => {
  const desk = await openWithBetterRooms(1);
  await desk.confirm();
  const { body } = await book(desk);
  expect(body.alternatives).toMatchObject([
    { roomType: 'BETTER', checkIn: daysAhead(30), checkOut: daysAhead(31), totalPayable: 15_000, currency: 'EUR' },
    { roomType: 'ROOM', checkIn: daysAhead(29) },
    { roomType: 'ROOM', checkIn: daysAhead(31) },
    { roomType: 'ROOM', checkIn: daysAhead(28) },
    { roomType: 'ROOM', checkIn: daysAhead(32) },
  ]);
});

test('each alternative is one for as many persons and nights, and none is in the past', async () => {
  const desk = await openDesk(t, { rooms: 1 });
  const wish = { checkIn: daysAhead(2), checkOut: daysAhead(4), adults: 4 };
  await desk.confirm(wish);
  const { body } = await book(desk, wish);
  expect(body.alternatives.length).toBeGreaterThanOrEqual(3);
  for (const { totalPayable, currency: _, ...stay } of body.alternatives) {
    // Nights of two alternatives may overlap, so each is tried as if it were the only one.
    const tried = await book(desk, { ...stay, adults: 4 }, { prefer: 'dry-run' });
    expect(tried).toMatchObject({ status: 200, body: { booking: { stay: { nights: 2 }, price: { totalPayable } } } });
  }
});

test('where nothing else can be had there are no alternatives, and no empty promises', async () => {
  const desk = await openDesk(t, { rooms: 0 });
  expect(await book(desk)).toMatchObject(refusal('sold_out', { reason: 'SOLD_OUT', alternatives: [] }));
});

test('staff who book hear the same', async () => {
  const desk = await openDesk(t, { rooms: 1 });
  await desk.confirm();
  const answer = await desk.call('POST', '/bookings', { body: stayBody({ payment: 'ON_SITE' }) });
  expect(answer).toMatchObject(refusal('sold_out', { reason: 'SOLD_OUT' }));
  expect(answer.body.alternatives.length).toBeGreaterThanOrEqual(3);
});
