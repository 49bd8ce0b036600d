import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp } from '../../support/server/app.ts';
import type { TestApp } from '../../support/server/app.ts';
import { buildHotel, stayBody } from '../../support/hotel/build.ts';
import { countStatuses, recountNights, send } from '../../support/race.ts';
import { trials } from '../../support/tier/trials.ts';

const ONE_KEY = trials('idempotency', { small: 1, middle: 1, full: 60, each: 200 });
const MANY_KEYS = trials('idempotency', { small: 1, middle: 1, full: 40, each: 500 });

let t: TestApp;
let url: string;

beforeAll(async () => {
  t = await startTestApp();
  url = await t.app.listen({ port: 0, host: '127.0.0.1' });
});
afterAll(() => t.close());

test(
  'two hundred requests with one key make one booking and get one answer',
  { repeats: ONE_KEY.repeats },
  async () => {
    const hotel = await buildHotel(t.ctx, { rooms: 50 });
    const headers = { 'idempotency-key': `one-key-for-all-${hotel.slug}` };
    const book = () => send(url, 'POST', `${hotel.path}/bookings`, { body: stayBody(), headers });
    const answers = await Promise.all(Array.from({ length: 200 }, book));
    const booked = answers.filter((answer) => answer.status === 201);
    // Those who came while the first was still running are asked to come again, and are then told the same.
    const busy = answers.filter((answer) => answer.body.code === 'idempotency_in_progress');
    expect(booked.length + busy.length).toBe(200);
    const again = await Promise.all(busy.map(book));
    const bodies = new Set([...booked, ...again].map((answer) => JSON.stringify(answer.body)));
    expect(bodies.size).toBe(1);
    expect([...booked, ...again].filter((answer) => answer.headers['idempotent-replayed'] !== 'true')).toHaveLength(1);
    const rows = await t.database.sql('SELECT 1 FROM bookings WHERE property_id = $1', [hotel.propertyId]);
    expect(rows).toHaveLength(1);
    expect(await recountNights(t.database, hotel.roomTypeId)).toEqual([]);
  },
);

test('five hundred requests with fifty keys make fifty bookings', { repeats: MANY_KEYS.repeats }, async () => {
  const hotel = await buildHotel(t.ctx, { rooms: 100 });
  const book = (index: number) => {
    const headers = { 'idempotency-key': `one-key-of-many-${hotel.slug}-${String(index % 50)}` };
    return send(url, 'POST', `${hotel.path}/bookings`, { body: stayBody(), headers });
  };
  const answers = await Promise.all(Array.from({ length: 500 }, (_, index) => book(index)));
  // A busy machine turns some away, and nothing has happened.
  expect(['201', '409', '503']).toEqual(expect.arrayContaining(Object.keys(countStatuses(answers))));
  const again = await Promise.all(Array.from({ length: 50 }, (_, index) => book(index)));
  expect(countStatuses(again)).toEqual({ 201: 50 });
  const rows = await t.database.sql('SELECT 1 FROM bookings WHERE property_id = $1', [hotel.propertyId]);
  expect(rows).toHaveLength(50);
});

test('two payments with one key take the money once', async () => {
  const token = await t.tokenFor('owner@monsoon-palace.example');
  const { body } = await t.call('POST', '/v1/public/properties/monsoon-palace/bookings', {
    body: stayBody({ roomType: 'SUITE' }),
  });
  const path = `/v1/staff/properties/monsoon-palace/bookings/${String(body.booking.code)}/payments`;
  const amount = body.booking.price.totalPayable as number;
  const pay = () =>
    send(url, 'POST', path, {
      token,
      body: { method: 'CASH', amount },
      headers: { 'idempotency-key': 'pay-1' },
    });
  const answers = await Promise.all(Array.from({ length: 20 }, pay));
  expect(answers.every(({ status }) => status === 200 || status === 409)).toBe(true);
  expect(await pay()).toMatchObject({ status: 200, body: { paidAmount: amount, payments: [{ amount }] } });
});
