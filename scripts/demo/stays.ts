import { call, guest, logIn, money, pay, plusDays, step, todayIn, until } from './tour.ts';
import type { Json } from './tour.ts';

/** Finds the first arrival date with enough free rooms of a room type for two nights. */
export async function findArrival(slug: string, roomType: string, today: string, rooms: number): Promise<string> {
  for (let days = 0; days < 60; days += 1) {
    const [checkIn, checkOut] = [plusDays(today, days), plusDays(today, days + 2)];
    const { body } = await call(
      'GET',
      `/public/properties/${slug}/availability?checkIn=${checkIn}&checkOut=${checkOut}`,
    );
    const found = (body.roomTypes as Json[]).find((candidate) => candidate.code === roomType);
    if (found?.bookable && found.available >= rooms) return checkIn;
  }
  throw new Error(`No ${roomType} is free within two months. To start over, run npm run db:reset -- --yes`);
}

/** Runs a stay from quote to check-out, with staff approval and a card payment. */
export async function walkStay(): Promise<void> {
  console.log('\nA stay at Harbour Hotel, where staff approve bookings');
  const slug = 'harbour-hotel';
  const property = await step(
    'the property',
    200,
    call('GET', `/public/properties/${slug}`),
    (body) => `${body.name}, ${body.timezone}`,
  );
  const today = todayIn(property.timezone);
  const checkIn = await findArrival(slug, 'STANDARD', today, 1);
  const stay = { roomType: 'STANDARD', checkIn, checkOut: plusDays(checkIn, 2), adults: 3 };
  await step('a price', 200, call('POST', `/public/properties/${slug}/quotes`, { body: stay }), (body) => {
    return `${money(body.price.totalPayable, body.price.currency)}, of which VAT ${money(body.price.taxAmount, body.price.currency)}`;
  });
  const { booking, guestToken } = await step(
    'the guest books',
    201,
    call('POST', `/public/properties/${slug}/bookings`, { body: { ...stay, guest } }),
    (body) => `${body.booking.code} ${body.booking.status}, ${body.booking.reservationSecondsLeft} s left`,
  );
  await pay(guestToken as string);
  await until('the card is authorized', guestToken as string, 'PENDING_APPROVAL');

  const token = await logIn(`owner@${slug}.example`);
  const path = `/staff/properties/${slug}/bookings/${String(booking.code)}`;
  const act = (action: string, body: object = {}) => call('POST', `${path}/${action}`, { token, body });
  await step(
    'staff approve; the card is captured',
    200,
    act('approve'),
    (body) => `${body.status}, ${body.paymentStage}`,
  );
  const rooms = await step('assignable rooms', 200, call('GET', `${path}/assignable-rooms`, { token }), (body) =>
    (body.items as Json[]).map((room) => room.number).join(' '),
  );
  const room = rooms.items[0].number as string;
  await step(
    `room ${room} is assigned`,
    200,
    act('assign-room', { room, assignmentVersion: 0 }),
    (body) => `version ${body.version}`,
  );
  await step('the guest checks in', 200, act('check-in', { early: checkIn > today }), (body) => body.status);
  await step('the guest checks out', 200, act('check-out'), (body) => body.status);
  await step(
    'the room is cleaned',
    200,
    call('PATCH', `/staff/properties/${slug}/rooms/${room}`, { token, body: { housekeepingStatus: 'CLEAN' } }),
    (body) => body.housekeepingStatus,
  );
  await step('history of the booking', 200, call('GET', `${path}/history`, { token }), (body) =>
    (body.items as Json[]).map((event) => event.action).join(' → '),
  );
}

/** Runs a card payment with automatic approval, then a cancellation with a full refund. */
export async function walkCard(): Promise<void> {
  console.log('\nA card payment at Monsoon Palace, with automatic approval');
  const slug = 'monsoon-palace';
  // A week ahead: within free cancellation.
  const checkIn = await findArrival(slug, 'STANDARD', plusDays(todayIn('Asia/Kolkata'), 7), 1);
  const body = { roomType: 'STANDARD', checkIn, checkOut: plusDays(checkIn, 2), guest };
  const { guestToken } = await step(
    'the guest books',
    201,
    call('POST', `/public/properties/${slug}/bookings`, { body }),
    (answer) => `${answer.booking.code} ${answer.booking.status}`,
  );
  await pay(guestToken as string);
  await until('the card is captured', guestToken as string, 'CONFIRMED');
  await step(
    'the guest cancels and is refunded',
    200,
    call('POST', '/guest/booking/cancel', { token: guestToken, body: {} }),
    (answer) => `${answer.status}, ${answer.paymentStage}`,
  );
}

/** Runs a hold that staff confirm with a manual payment, and repeated requests. */
export async function walkHold(): Promise<void> {
  console.log('\nA hold at Monsoon Palace, which requires payment to confirm');
  const slug = 'monsoon-palace';
  // Tomorrow at the earliest: nobody cancels a night that has begun.
  const checkIn = await findArrival(slug, 'DELUXE', plusDays(todayIn('Asia/Kolkata'), 1), 1);
  const body = { roomType: 'DELUXE', checkIn, checkOut: plusDays(checkIn, 2), guest };
  const key = crypto.randomUUID();
  const book = () => call('POST', `/public/properties/${slug}/bookings`, { body, key });
  const { booking, guestToken } = await step(
    'the guest books',
    201,
    book(),
    (answer) => `${answer.booking.code} ${answer.booking.status}, ${answer.booking.reservationSecondsLeft} s left`,
  );
  await step('a repeated request, same key', 201, book(), (answer) => `${answer.booking.code}, the stored response`);
  const token = await logIn(`frontdesk@${slug}.example`);
  const path = `/staff/properties/${slug}/bookings/${String(booking.code)}/payments`;
  const payment = { method: 'BANK_TRANSFER', amount: booking.price.totalPayable as number, reference: 'UTR 4711' };
  await step(
    'staff record the payment',
    200,
    call('POST', path, { token, body: payment }),
    (answer) => `${answer.status}, ${answer.paymentStage}`,
  );
  await step('a second payment is refused', 409, call('POST', path, { token, body: payment }), (answer) => answer.code);
  await step(
    'the guest cancels',
    200,
    call('POST', '/guest/booking/cancel', { token: guestToken, body: { reason: 'demo' } }),
    (answer) => answer.status,
  );
  await step(
    'the guest cancels again',
    200,
    call('POST', '/guest/booking/cancel', { token: guestToken, body: {} }),
    (answer) => `${answer.status}, unchanged at version ${answer.version}`,
  );
}
