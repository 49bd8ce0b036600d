import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { expireHolds, listOverdueHolds } from '../../../src/services/selling/hold/expire-holds.ts';
import { findViolations } from '../../support/database/invariants.ts';
import { startTestApp } from '../../support/server/app.ts';
import type { TestApp } from '../../support/server/app.ts';
import { buildHotel, daysAhead, guest, stayBody } from '../../support/hotel/build.ts';
import { countDeadlocks, drawDeadlineMs, insist, recountNights, seededRandom } from '../../support/race.ts';
import { spawnServer } from '../../support/server/server.ts';
import { trials } from '../../support/tier/trials.ts';

const { count: ROUNDS, repeats } = trials('expiry', { small: 60, middle: 200, full: 3_000 });

let t: TestApp;

beforeAll(async () => {
  t = await startTestApp();
});
beforeEach(() => t.database.travel('0'));
afterAll(() => t.close());

test('a hold past its deadline is taken over by the next booking, with no sweep running', async () => {
  const hotel = await buildHotel(t.ctx, { rooms: 1 });
  const first = await t.call('POST', `${hotel.path}/bookings`, { body: stayBody() });
  expect(await t.call('POST', `${hotel.path}/bookings`, { body: stayBody() })).toMatchObject({
    status: 409,
    body: { code: 'sold_out', reason: 'HELD', heldUntil: first.body.booking.expiresAt },
  });
  await t.database.travel('11 minutes');
  const search = await t.call('GET', `${hotel.path}/availability?checkIn=${daysAhead(30)}&checkOut=${daysAhead(31)}`);
  expect(search.body.roomTypes[0]).toMatchObject({ available: 1, bookable: true });
  expect((await t.call('POST', `${hotel.path}/bookings`, { body: stayBody() })).status).toBe(201);
  const view = await t.call('GET', '/v1/guest/booking', { token: first.body.guestToken as string });
  expect(view.body).toMatchObject({ status: 'EXPIRED', expiresAt: null, reservationSecondsLeft: null });
  expect(await recountNights(t.database, hotel.roomTypeId)).toEqual([]);
});

test('a hold of more nights than the newcomer wants is taken over whole, and its other nights are free', async () => {
  const hotel = await buildHotel(t.ctx, { rooms: 1 });
  await t.call('POST', `${hotel.path}/bookings`, {
    body: stayBody({ checkIn: daysAhead(28), checkOut: daysAhead(33) }),
  });
  await t.database.travel('11 minutes');
  expect((await t.call('POST', `${hotel.path}/bookings`, { body: stayBody() })).status).toBe(201);
  const earlier = stayBody({ checkIn: daysAhead(28), checkOut: daysAhead(30) });
  expect((await t.call('POST', `${hotel.path}/bookings`, { body: earlier })).status).toBe(201);
  expect(await recountNights(t.database, hotel.roomTypeId)).toEqual([]);
});

test('one hundred guests at once for a room whose hold has just ended: one has it', async () => {
  const hotel = await buildHotel(t.ctx, { rooms: 1 });
  await t.call('POST', `${hotel.path}/bookings`, { body: stayBody() });
  await t.database.travel('11 minutes');
  const answers = await Promise.all(
    Array.from({ length: 100 }, () => insist(() => t.call('POST', `${hotel.path}/bookings`, { body: stayBody() }))),
  );
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  expect(answers.filter(({ status }) => status === 409)).toHaveLength(99);
  expect(await recountNights(t.database, hotel.roomTypeId)).toEqual([]);
  expect(await countDeadlocks(t.database)).toBe(0);
});

test('the sweep of a running server releases a hold within thirty seconds of its deadline', async () => {
  const hotel = await buildHotel(t.ctx, { rooms: 1 });
  const { body } = await t.call('POST', `${hotel.path}/bookings`, { body: stayBody() });
  // Two seconds to go when the server starts.
  await t.database.travel('9 minutes 58 seconds');
  const server = await spawnServer({ DATABASE_URL: t.database.url });
  try {
    const line = await server.waitFor(/BOOKING_EXPIRED/);
    const { code, overdueSeconds } = JSON.parse(line) as { code: string; overdueSeconds: number };
    expect(code).toBe(body.booking.code);
    expect(overdueSeconds).toBeLessThan(30);
  } finally {
    await server.stop();
  }
});

test('a dry run of the sweep shows what it would release, and releases nothing', async () => {
  const hotel = await buildHotel(t.ctx, { rooms: 1 });
  const { body } = await t.call('POST', `${hotel.path}/bookings`, { body: stayBody() });
  await t.database.travel('11 minutes');
  expect((await listOverdueHolds(t.ctx)).map(({ code }) => code)).toContain(body.booking.code);
  expect(await t.call('GET', '/v1/guest/booking', { token: body.guestToken as string })).toMatchObject({
    body: { status: 'PENDING_PAYMENT', reservationSecondsLeft: 0 },
  });
  expect((await expireHolds(t.ctx)).map(({ code }) => code)).toContain(body.booking.code);
});

test(
  `payment, sweep and the next guest meet at the deadline, ${String(ROUNDS)} rounds: booked with its night, or expired and free`,
  { repeats },
  async () => {
    const { seed, upTo } = seededRandom();
    const hotel = await buildHotel(t.ctx, { rooms: 1 });
    const token = await t.tokenFor('owner@harbour-hotel.example');
    const { id: userId } = await t.ctx.db.user.findUniqueOrThrow({ where: { email: 'owner@harbour-hotel.example' } });
    await t.ctx.db.membership.create({ data: { userId, propertyId: hotel.propertyId, role: 'OWNER' } });
    const seen = new Set<string>();
    for (let round = 0; round < ROUNDS; round += 1) {
      const nights = { checkIn: daysAhead(20 + round), checkOut: daysAhead(21 + round) };
      // Rivals keep their holds, and one person's are limited.
      const contact = { email: `guest${String(round)}@example.com`, phone: `+353 1 ${String(2_000_000 + round)}` };
      const stay = stayBody({ ...nights, guest: { ...guest, ...contact } });
      const { body } = await t.call('POST', `${hotel.path}/bookings`, { body: stay });
      const { code } = body.booking as { code: string };
      const path = `/v1/staff/properties/${hotel.slug}/bookings/${code}`;
      // The deadline is put so close that the three meet it from both sides.
      await t.database.sql(
        `UPDATE bookings SET expires_at = app_now() + $2 * interval '1 millisecond' WHERE code = $1`,
        [code, drawDeadlineMs(round, 40, upTo)],
      );
      const [paid, , rival] = await Promise.all([
        t.call('POST', `${path}/payments`, { token, body: { method: 'CASH', amount: 10_000 } }),
        expireHolds(t.ctx),
        t.call('POST', `${hotel.path}/bookings`, { body: stay }),
      ]);
      // A sweep that came a moment too early has left it for this one.
      await expireHolds(t.ctx);
      const { status } = (await t.call('GET', path, { token })).body as { status: string };
      seen.add(status);
      expect([200, 410], `seed ${String(seed)}`).toContain(paid.status);
      // Paid and kept, or ended and free for another: never both, never neither.
      if (paid.status === 200) expect({ status, rival: rival.status }).toEqual({ status: 'CONFIRMED', rival: 409 });
      else expect(status).toBe('EXPIRED');
    }
    expect(seen, `seed ${String(seed)}`).toEqual(new Set(['CONFIRMED', 'EXPIRED']));
    expect(await recountNights(t.database, hotel.roomTypeId), `seed ${String(seed)}`).toEqual([]);
    const broken = await findViolations(t.ctx);
    expect(broken, `seed ${String(seed)}`).toEqual([]);
  },
);
