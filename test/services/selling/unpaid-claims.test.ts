import { afterAll, beforeAll, expect, test } from 'vitest';
import { deleteEndedClaims } from '../../../src/services/selling/hold/delete-ended-claims.ts';
import { buildHotel, daysAhead, guest, stayBody } from '../../support/hotel/build.ts';
import { openDesk } from '../../support/hotel/desk.ts';
import { refusal } from '../../support/http/problems.ts';
import { startTestApp } from '../../support/server/app.ts';
import type { TestApp } from '../../support/server/app.ts';
import { buildSpa, NINE_TO_SIX } from '../../support/spa/build-spa.ts';

let t: TestApp;
let people = 0;
let requests = 0;

beforeAll(async () => {
  t = await startTestApp({ RATE_LIMIT_SCALE: '1' });
});
afterAll(() => t.close());

/** A guest of an e-mail and telephone that nobody else has. */
function newGuest() {
  people += 1;
  return { ...guest, email: `guest${String(people)}@example.com`, phone: `+353 1 ${String(2_000_000 + people)}` };
}

/** Calls from an address of its own in this /24, so that the limits on requests refuse nothing. */
async function callFrom(network: string, path: string, body: object, headers: Record<string, string> = {}) {
  requests += 1;
  const remoteAddress = `${network}.${String(requests % 250)}`;
  const answer = await t.app.inject({ method: 'POST', url: `/api${path}`, remoteAddress, payload: body, headers });
  return { status: answer.statusCode, headers: answer.headers, body: answer.json<Record<string, unknown>>() };
}

const book = (path: string, body: object, network = '192.0.2') => callFrom(network, `${path}/bookings`, body);

const nights = (from: number, to: number, who: object = newGuest()) =>
  stayBody({ checkIn: daysAhead(from), checkOut: daysAhead(to), guest: who });
const oneNight = (day: number, who: object = newGuest()) => nights(30 + day, 31 + day, who);
const countOf = (answers: readonly { readonly status: number }[], status: number) =>
  answers.filter((answer) => answer.status === status).length;

const hotelOf = (options: Parameters<typeof buildHotel>[1]) => buildHotel(t.ctx, options);
/** Two rooms on 41 nights: a network may take 20 of the 82 room-nights. */
const smallHotel = () => hotelOf({ rooms: 2, property: { bookingWindowDays: 40 } });

test('an e-mail holds three unpaid bookings; the fourth is refused with the end of the next, until one ends', async () => {
  const hotel = await hotelOf({ rooms: 6, property: { maxOpenHolds: 3 } });
  const { email } = newGuest();
  for (const day of [0, 1, 2]) {
    expect((await book(hotel.path, oneNight(day, { ...newGuest(), email }))).status).toBe(201);
  }
  const refused = await book(hotel.path, oneNight(3, { ...newGuest(), email: email.toUpperCase() }));
  expect(refused).toMatchObject(refusal('too_many_holds', { maxOpenHolds: 3, nextEndsAt: expect.any(String) }));
  await t.database.sql(`UPDATE bookings SET expires_at = app_now() WHERE property_id = $1`, [hotel.propertyId]);
  expect((await book(hotel.path, oneNight(3, { ...newGuest(), email }))).status).toBe(201);
});

test('a telephone holds as many, in whatever form it is written', async () => {
  const hotel = await hotelOf({ rooms: 6, property: { maxOpenHolds: 1 } });
  expect((await book(hotel.path, oneNight(0, { ...newGuest(), phone: '+353 1 555 0777' }))).status).toBe(201);
  const again = await book(hotel.path, oneNight(1, { ...newGuest(), phone: '00353 (1) 555-0777' }));
  expect(again).toMatchObject(refusal('too_many_holds', { maxOpenHolds: 1, nextEndsAt: expect.any(String) }));
});

test('of twelve requests of one person at once exactly three hold', async () => {
  const hotel = await hotelOf({ rooms: 12, property: { maxOpenHolds: 3 } });
  const who = newGuest();
  const answers = await Promise.all(Array.from({ length: 12 }, (_, day) => book(hotel.path, oneNight(day, who))));
  expect([countOf(answers, 201), countOf(answers, 409)]).toEqual([3, 9]);
});

test('staff are not limited', async () => {
  const desk = await openDesk(t, { rooms: 6 });
  await t.ctx.db.property.update({ where: { id: desk.hotel.propertyId }, data: { maxOpenHolds: 1 } });
  const who = newGuest();
  for (const day of [0, 1]) {
    const body = { ...oneNight(day, who), payment: 'LINK' };
    expect(await desk.call('POST', '/bookings', { body })).toMatchObject({ status: 201 });
  }
});

test('one network holds at most a quarter of the room-nights, whoever books; another network books on', async () => {
  const hotel = await smallHotel();
  expect((await book(hotel.path, nights(1, 21))).status).toBe(201);
  expect(await book(hotel.path, nights(22, 23))).toMatchObject(
    refusal('too_many_holds', { nextEndsAt: expect.any(String) }),
  );
  expect((await book(hotel.path, nights(22, 23), '198.51.100')).status).toBe(201);
});

test('requests of one network at once take no more than the quarter', async () => {
  const hotel = await smallHotel();
  const starts = [1, 6, 11, 16, 21, 26, 31];
  const answers = await Promise.all(starts.map((day) => book(hotel.path, nights(day, day + 5))));
  expect([countOf(answers, 201), countOf(answers, 409)]).toEqual([4, 3]);
});

test('a guest cannot stretch an unpaid stay beyond the quarter', async () => {
  const hotel = await smallHotel();
  const made = await book(hotel.path, nights(1, 3));
  const authorization = { authorization: `Bearer ${String(made.body['guestToken'])}` };
  const move = (to: number) =>
    callFrom(
      '192.0.2',
      '/v1/guest/booking/reschedule',
      { checkIn: daysAhead(1), checkOut: daysAhead(to) },
      authorization,
    );
  expect(await move(30)).toMatchObject(refusal('too_many_holds'));
  expect((await move(20)).status).toBe(200);
});

test('one network confirms at most a quarter of a provider’s time without payment, and staff are notified once', async () => {
  const spa = await buildSpa(t.ctx, { property: { bookingWindowDays: 7 }, providers: { RYAN: NINE_TO_SIX } });
  const hours = ['09', '10', '11', '12', '13', '14', '15', '16', '17'];
  const starts = [2, 3, 4].flatMap((day) => hours.map((hour) => `${daysAhead(day)}T${hour}:00`));
  const answers = [];
  for (const startsAt of starts) {
    const body = { kind: 'APPOINTMENT', service: 'FACIAL', startsAt, guest: newGuest() };
    answers.push(await book(spa.path, body));
  }
  // Eight days of nine hours, of which a quarter is eighteen.
  expect([countOf(answers, 201), countOf(answers, 409)]).toEqual([18, 9]);
  const told = await t.database.sql(
    `SELECT id FROM outbox_messages WHERE property_id = $1 AND type = 'unpaid_claims_limited'`,
    [spa.propertyId],
  );
  expect(told).toHaveLength(1);
});

test('a claim is counted while it is unpaid and deleted when it is paid or has ended', async () => {
  const hotel = await smallHotel();
  await book(hotel.path, nights(1, 21));
  const countClaims = async () =>
    (await t.database.sql('SELECT booking_id FROM booking_claims WHERE property_id = $1', [hotel.propertyId])).length;
  await deleteEndedClaims(t.ctx);
  expect(await countClaims()).toBe(1);
  await t.database.sql(`UPDATE bookings SET paid_amount = deposit_due WHERE property_id = $1`, [hotel.propertyId]);
  expect((await book(hotel.path, nights(22, 23))).status).toBe(201);
  await deleteEndedClaims(t.ctx);
  expect(await countClaims()).toBe(1);
});
