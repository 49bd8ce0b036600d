import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { declineUndecided } from '../../../src/services/desk/decision/decline-undecided.ts';
import { expireHolds } from '../../../src/services/selling/hold/expire-holds.ts';
import { startTestApp } from '../../support/server/app.ts';
import type { TestApp } from '../../support/server/app.ts';
import { buildHotel, daysAhead, stayBody } from '../../support/hotel/build.ts';
import { travelTo } from '../../support/database/clock.ts';
import { openDesk } from '../../support/hotel/desk.ts';

let t: TestApp;

beforeAll(async () => {
  t = await startTestApp({ LOG_LEVEL: 'info' });
});
afterAll(() => t.close());

test('a hold that somebody keeps locked delays no other', async () => {
  const hotel = await buildHotel(t.ctx, { rooms: 3 });
  const codes: string[] = [];
  for (let index = 0; index < 3; index += 1) {
    const stay = stayBody({ checkIn: daysAhead(30 + index), checkOut: daysAhead(31 + index) });
    codes.push((await t.call('POST', `${hotel.path}/bookings`, { body: stay })).body.booking.code as string);
  }
  await t.database.travel('11 minutes');
  const blocker = new pg.Client({ connectionString: t.database.url });
  await blocker.connect();
  await blocker.query('BEGIN');
  await blocker.query('SELECT 1 FROM bookings WHERE code = $1 FOR UPDATE', [codes[0]]);
  const first = await expireHolds(t.ctx);
  await blocker.query('COMMIT');
  await blocker.end();
  expect(first.map(({ code }) => code)).toEqual(codes.slice(1));
  expect((await expireHolds(t.ctx)).map(({ code }) => code)).toEqual([codes[0]]);
  expect(
    t.logged
      .filter(({ event }) => event === 'BOOKING_EXPIRED')
      .map(({ code }) => code)
      .toSorted(),
  ).toEqual(codes.toSorted());
  await t.database.travel('0');
});

test('a hold that is taken over by the next booking is logged as expired too', async () => {
  const hotel = await buildHotel(t.ctx, { rooms: 1 });
  const { body } = await t.call('POST', `${hotel.path}/bookings`, { body: stayBody() });
  await t.database.travel('11 minutes');
  t.logged.length = 0;
  expect((await t.call('POST', `${hotel.path}/bookings`, { body: stayBody() })).status).toBe(201);
  expect(t.logged.find(({ event }) => event === 'BOOKING_EXPIRED')).toMatchObject({
    code: body.booking.code,
    slug: hotel.slug,
  });
  await t.database.travel('0');
});

test('a request for tonight is given time to be decided, and is declined when nobody does', async () => {
  const desk = await openDesk(t, { property: { approval: 'STAFF', paymentPolicy: 'NONE' } });
  // Past check-in time of the day of arrival.
  await travelTo(t.database, `${daysAhead(1)}T17:00:00Z`);
  const { code } = await desk.book({ checkIn: daysAhead(1), checkOut: daysAhead(2) });
  expect(await declineUndecided(t.ctx)).toEqual([]);
  await travelTo(t.database, `${daysAhead(1)}T19:01:00Z`);
  expect(await declineUndecided(t.ctx)).toEqual([code]);
  const detail = await desk.call('GET', `/bookings/${code}`);
  expect(detail.body).toMatchObject({
    status: 'DECLINED',
    declineReasonCode: 'NOT_DECIDED_IN_TIME',
    decisionBy: 'SYSTEM',
    balanceDue: 0,
  });
  await t.database.travel('0');
});

test('HELD is said only when waiting would help', async () => {
  const desk = await openDesk(t, { rooms: 2 });
  const [first, second] = [
    { checkIn: daysAhead(30), checkOut: daysAhead(31) },
    { checkIn: daysAhead(31), checkOut: daysAhead(32) },
  ];
  await desk.confirm(first);
  await desk.confirm(first);
  await desk.book(second);
  const both = { checkIn: daysAhead(30), checkOut: daysAhead(32) };
  const refused = await t.call('POST', `${desk.hotel.path}/bookings`, { body: stayBody(both) });
  expect(refused.body).toMatchObject({ code: 'sold_out', reason: 'SOLD_OUT', heldUntil: null });
  const { booking } = await desk.book(second);
  const waiting = await t.call('POST', `${desk.hotel.path}/bookings`, { body: stayBody(second) });
  expect(waiting.body).toMatchObject({ reason: 'HELD' });
  expect(Date.parse(waiting.body.heldUntil as string)).toBeLessThanOrEqual(Date.parse(booking.expiresAt as string));
});

test('a database that is busy is told as 503 on every read, not as a bug of ours', async () => {
  const desk = await openDesk(t);
  const blocker = new pg.Client({ connectionString: t.database.url });
  await blocker.connect();
  await blocker.query('BEGIN');
  await blocker.query('LOCK TABLE bookings IN ACCESS EXCLUSIVE MODE');
  const answer = await desk.call('GET', '/bookings');
  await blocker.query('COMMIT');
  await blocker.end();
  expect(answer).toMatchObject({ status: 503, body: { code: 'overloaded' }, headers: { 'retry-after': '1' } });
});
