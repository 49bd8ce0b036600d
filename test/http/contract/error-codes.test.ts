import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { buildApp } from '../../../src/app.ts';
import { ERRORS } from '../../../src/errors.ts';
import type { ErrorCode } from '../../../src/errors.ts';
import { makeKey, openAgent } from '../../support/spa/agent.ts';
import { startTestApp } from '../../support/server/app.ts';
import type { Answer, TestApp } from '../../support/server/app.ts';
import { daysAhead, guest, stayBody } from '../../support/hotel/build.ts';
import { staffSpa } from '../../support/spa/build-spa.ts';
import type { SpaOptions } from '../../support/spa/build-spa.ts';
import { openDesk } from '../../support/hotel/desk.ts';
import type { Desk } from '../../support/hotel/desk.ts';
import { untilSomebodyWaitsForALock } from '../../support/race.ts';
import { overdraw } from '../../support/money/wallet.ts';
import {
  askForDearPage,
  askForTinySession,
  bookRestricted,
  cancelAfterStart,
  moveLate,
  putHoursBesideStranger,
  repeatFromElsewhere,
} from '../../support/http/refusals.ts';
import { limitBelowUses } from '../../support/money/promo.ts';

let t: TestApp;
let desk: Desk;
let agentKey: Promise<string> | undefined;
const [json, dirty] = [{ 'content-type': 'application/json' }, { housekeepingStatus: 'DIRTY' }];

beforeAll(async () => {
  t = await startTestApp();
  desk = await openDesk(t, { rooms: 90 });
});
afterEach(() => t.database.travel('0 minutes'));
afterAll(() => t.close());

const book = (overrides: Record<string, unknown> = {}, headers: Record<string, string> = {}, path = desk.hotel.path) =>
  t.call('POST', `${path}/bookings`, { body: stayBody(overrides), headers });
const bookAt = async (options: Parameters<typeof openDesk>[1]) => book({}, {}, (await openDesk(t, options)).hotel.path);
const appointAt = async (time = '15:00', wish: object = {}, services: SpaOptions['services'] = { FACIAL: {} }) => {
  const providers = { DANIELLE: [{ fromMinute: 540, toMinute: 1_080 }] };
  const spa = await staffSpa(t, { services, providers });
  const ask = () => spa.book({ startsAt: `${daysAhead(30)}T${time}`, ...wish });
  return { first: await ask(), ask };
};

async function askAgent(tool: string, args: object): Promise<Answer> {
  const key = (agentKey ??= makeKey(t, desk.hotel.propertyId));
  const { headers, body } = await openAgent(t, desk.hotel.slug, await key).call(tool, args);
  const contentType = { 'content-type': 'application/problem+json; charset=utf-8' };
  return { status: body.problem?.status ?? 200, headers: { ...headers, ...contentType }, body: body.problem };
}

async function whileNightsAreLocked(work: (release: () => Promise<unknown>) => Promise<Answer>): Promise<Answer> {
  const stranger = new pg.Client({ connectionString: t.database.url });
  await stranger.connect();
  try {
    await stranger.query('BEGIN');
    await stranger.query('SELECT 1 FROM inventory_nights WHERE room_type_id = $1 FOR UPDATE', [desk.hotel.roomTypeId]);
    return await work(() => stranger.query('ROLLBACK'));
  } finally {
    await stranger.end();
  }
}

async function repeatWhileRunning(release: () => Promise<unknown>): Promise<Answer> {
  const key = { 'idempotency-key': 'still-running-------' };
  const first = book({}, key);
  await untilSomebodyWaitsForALock(t.database);
  const second = await book({}, key);
  await release();
  expect((await first).status).toBe(201);
  return second;
}

async function askTwiceWhereOnceIsAllowed(): Promise<Answer> {
  const app = await buildApp({ ...t.ctx, config: { ...t.ctx.config, RATE_LIMIT_SCALE: 0.001 } });
  await app.inject(`/api${desk.hotel.path}`);
  const answer = await app.inject(`/api${desk.hotel.path}`);
  await app.close();
  return { status: answer.statusCode, headers: answer.headers, body: answer.json() };
}

/** The status each code is promised with, and a request that gets it. A code without one does not compile. */
const PROOFS: Record<ErrorCode, readonly [status: number, provoke: () => Promise<Answer>]> = {
  validation_failed: [400, () => book({ adults: 0 })],
  unauthorized: [401, () => t.call('GET', desk.path)],
  invalid_credentials: [
    401,
    () => t.call('POST', '/v1/auth/login', { body: { email: 'nobody@example.com', password: 'x' } }),
  ],
  forbidden: [403, () => t.call('GET', '/v1/ops/invariants', { token: desk.token })],
  not_found: [404, () => desk.call('GET', '/bookings/BK-2020-0001')],
  already_exists: [409, () => desk.call('POST', '/rooms', { body: { number: '101', roomType: 'ROOM' } })],
  already_paid: [
    409,
    async () => desk.act(await desk.confirm({ payment: 'WAIVED' }), 'payments', { method: 'CASH', amount: 1 }),
  ],
  balance_due: [
    409,
    async () => {
      const code = await desk.confirm({ checkIn: daysAhead(1), checkOut: daysAhead(5) });
      await desk.act(code, 'assign-room', { room: '101' });
      await desk.act(code, 'check-in', { early: true });
      return desk.act(code, 'check-out');
    },
  ],
  change_not_allowed: [409, () => moveLate(t)],
  hours_overlap: [409, () => putHoursBesideStranger(t, desk)],
  idempotency_in_progress: [409, () => whileNightsAreLocked(repeatWhileRunning)],
  insufficient_wallet_balance: [409, () => overdraw(desk)],
  invalid_transition: [409, async () => desk.act(await desk.confirm(), 'approve')],
  inventory_in_use: [
    409,
    async () => {
      await desk.confirm({ checkIn: daysAhead(50), checkOut: daysAhead(51) });
      return desk.call('PUT', '/inventory', {
        body: { roomType: 'ROOM', from: daysAhead(50), to: daysAhead(51), total: 0 },
      });
    },
  ],
  refund_exceeds_captured: [
    409,
    async () => desk.act(await desk.confirm(), 'refunds', { amount: 1, reason: 'Nothing was paid' }),
  ],
  room_not_ready: [
    409,
    async () => {
      const code = await desk.confirm();
      await desk.act(code, 'assign-room', { room: '102' });
      await desk.call('PATCH', '/rooms/102', { body: dirty });
      return desk.act(code, 'check-in', { early: true });
    },
  ],
  room_required: [409, async () => desk.act(await desk.confirm(), 'check-in', { early: true })],
  room_taken: [
    409,
    async () => {
      await desk.act(await desk.confirm(), 'assign-room', { room: '103' });
      return desk.act(await desk.confirm(), 'assign-room', { room: '103' });
    },
  ],
  slot_taken: [409, async () => (await appointAt()).ask()],
  sold_out: [409, () => bookAt({ rooms: 0 })],
  too_early: [409, async () => desk.act(await desk.confirm(), 'no-show')],
  too_late: [409, () => cancelAfterStart(t, desk)],
  hold_expired: [
    410,
    async () => {
      const { code } = await desk.book();
      await t.database.travel('11 minutes');
      return desk.act(code, 'payments', { method: 'CASH', amount: 10_000 });
    },
  ],
  version_conflict: [412, async () => desk.act(await desk.confirm(), 'cancel', {}, { headers: { 'if-match': '"7"' } })],
  payload_too_large: [413, () => t.call('POST', '/v1/auth/login', { headers: json, body: `"${'x'.repeat(300_000)}"` })],
  unsupported_media_type: [
    415,
    () => t.call('POST', '/v1/auth/login', { headers: { 'content-type': 'text/plain' }, body: 'x' }),
  ],
  invalid_signature: [
    400,
    () => t.call('POST', '/v1/webhooks/stripe', { body: {}, headers: { 'stripe-signature': 't=1,v1=00' } }),
  ],
  payment_in_progress: [
    409,
    async () => {
      const { code, guestToken } = await desk.book();
      await t.database.sql(`UPDATE bookings SET payment_stage = 'AUTHORIZED' WHERE code = $1`, [code]);
      return t.call('POST', '/v1/guest/booking/payment-session', { token: guestToken });
    },
  ],
  authorization_lapsed: [
    409,
    async () => {
      const { code } = await desk.book();
      await t.database.sql(
        `UPDATE bookings SET status = 'PENDING_APPROVAL', payment_stage = 'LAPSED' WHERE code = $1`,
        [code],
      );
      return desk.act(code, 'approve');
    },
  ],
  gateway_unavailable: [
    502,
    async () => t.call('POST', '/v1/guest/booking/payment-session', { token: (await desk.book()).guestToken }),
  ],
  amount_mismatch: [422, async () => desk.act((await desk.book()).code, 'payments', { method: 'CASH', amount: 1 })],
  amount_too_small: [422, () => askForTinySession(t, desk)],
  beyond_booking_window: [422, () => bookAt({ property: { bookingWindowDays: 7 } })],
  closed: [422, () => bookRestricted(t, { closed: true })],
  closed_to_arrival: [422, () => bookRestricted(t, { closedToArrival: true })],
  closed_to_departure: [422, () => bookRestricted(t, { closedToDeparture: true })],
  max_stay: [422, () => bookRestricted(t, { maxStay: 1 })],
  answer_withheld: [409, () => repeatFromElsewhere(t, desk)],
  idempotency_key_reused: [
    422,
    async () => {
      await book({}, { 'idempotency-key': 'reused--------------' });
      return book({ adults: 1 }, { 'idempotency-key': 'reused--------------' });
    },
  ],
  local_time_ambiguous: [422, () => takeTimeOff('2050-10-30T01:30')],
  local_time_skipped: [422, () => takeTimeOff('2050-03-27T01:30')],
  min_stay: [422, () => bookAt({ roomType: { minStay: 2 } })],
  notice_too_short: [422, () => bookAt({ property: { minNoticeMinutes: 46_080 } })],
  occupancy_exceeded: [422, () => book({ adults: 5 })],
  outside_hours: [422, async () => (await appointAt('20:00')).first],
  outside_zone: [422, async () => (await appointAt('15:00', { zone: 'FAR' }, { FACIAL: { isAtGuests: true } })).first],
  overpayment: [422, async () => desk.act(await desk.confirm(), 'payments', { method: 'CASH', amount: 10_001 })],
  payment_refused: [422, () => askForDearPage(t, desk)],
  past_time: [422, () => book({ checkIn: daysAhead(-3), checkOut: daysAhead(-2) })],
  start_not_offered: [422, async () => (await appointAt('15:07')).first],
  wrong_room_type: [
    422,
    async () => {
      const other = { code: 'OTHER', name: 'Other', maxOccupancy: 2, baseOccupancy: 2, basePrice: 1 };
      await desk.call('POST', '/room-types', { body: other });
      await desk.call('POST', '/rooms', { body: { number: '900', roomType: 'OTHER' } });
      return desk.act(await desk.confirm(), 'assign-room', { room: '900' });
    },
  ],
  promo_invalid: [422, () => book({ promoCode: 'NOSUCH' })],
  promo_in_use: [409, () => limitBelowUses(t)],
  proposal_invalid: [409, async () => askAgent('cancel_booking', { confirm: 'NOSUCH01' })],
  too_many_holds: [
    409,
    async () => {
      const hold = { roomType: 'ROOM', checkIn: daysAhead(30), checkOut: daysAhead(31), guest };
      for (let held = 0; held < 3; held += 1) await askAgent('create_booking', hold);
      return askAgent('create_booking', hold);
    },
  ],
  rate_limited: [429, askTwiceWhereOnceIsAllowed],
  internal_error: [500, listRoomsWithoutRooms],
  overloaded: [503, () => whileNightsAreLocked(() => book())],
};

async function takeTimeOff(startsAt: string): Promise<Answer> {
  await desk.call('POST', '/providers', { body: { code: 'ANNA', name: 'Anna' } });
  return desk.call('POST', '/providers/ANNA/time-off', { body: { startsAt, endsAt: '2050-12-01T12:00' } });
}

async function listRoomsWithoutRooms(): Promise<Answer> {
  await t.database.sql('ALTER TABLE rooms RENAME TO rooms_lost');
  const answer = await desk.call('GET', '/rooms');
  await t.database.sql('ALTER TABLE rooms_lost RENAME TO rooms');
  return answer;
}

test('every code there is has its proof here', () => {
  expect(Object.keys(PROOFS).toSorted()).toEqual(Object.keys(ERRORS).toSorted());
});

test.each(Object.entries(PROOFS))('%s is answered over HTTP', async (code, [status, provoke]) => {
  const { headers, body, ...answer } = await provoke();
  expect({ status: answer.status, code: body.code }).toEqual({ status, code });
  expect(headers['content-type']).toBe('application/problem+json; charset=utf-8');
  expect(body).toMatchObject({
    type: `urn:holdfast:problem:${code}`,
    title: expect.any(String),
    detail: expect.any(String),
    status,
    instance: headers['x-request-id'],
  });
  expect(headers['retry-after'] !== undefined).toBe([429, 502, 503].includes(status) || /_in_progress$/.test(code));
  expect(headers['www-authenticate']).toBe(status === 401 ? 'Bearer' : undefined);
});

test('a failure of ours says nothing to the caller and everything to the log', async () => {
  t.logged.length = 0;
  const { body } = await listRoomsWithoutRooms();
  expect(Object.keys(body).toSorted()).toEqual(['code', 'detail', 'instance', 'status', 'title', 'type']);
  expect(JSON.stringify(body)).not.toMatch(/rooms|relation|SELECT|prisma|node_modules/i);
  const line = t.logged.find(({ msg }) => msg === 'internal_error');
  expect(line).toMatchObject({ level: 50, requestId: body.instance, url: expect.stringContaining('/rooms') });
  expect(JSON.stringify(line)).toContain('at ');
});
