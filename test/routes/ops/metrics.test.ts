import Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { expireHolds, listOverdueHolds } from '../../../src/services/selling/hold/expire-holds.ts';
import { buildHotel, daysAhead, stayBody } from '../../support/hotel/build.ts';
import { openDesk } from '../../support/hotel/desk.ts';
import { movedBy, readSamples } from '../../support/http/metrics.ts';
import type { Sample } from '../../support/http/metrics.ts';
import { countStatements } from '../../support/database/queries.ts';
import { startPayingApp, WEBHOOK_SECRET } from '../../support/sandbox/sandbox.ts';
import type { PaidHotel, PayingApp } from '../../support/sandbox/sandbox.ts';

let t: PayingApp;
let paid: PaidHotel;

beforeAll(async () => {
  t = await startPayingApp();
  paid = await t.hotelOf('AUTOMATIC', 50);
});
afterEach(async () => {
  await t.control('DELETE', '/faults');
  await t.database.travel('0');
});
afterAll(() => t.close());

const action = (event: string, outcome = 'ok') => `holdfast_actions_total event=${event} outcome=${outcome}`;
const operation = (kind: string, outcome = 'ok') => `holdfast_gateway_operations_total kind=${kind} outcome=${outcome}`;
const conflict = (code: string) => `holdfast_conflicts_total code=${code}`;
const webhooks = (outcome: string) => `holdfast_webhooks_total outcome=${outcome}`;

async function scrape(): Promise<Sample[]> {
  const answer = await t.call('GET', '/metrics');
  expect(answer.status).toBe(200);
  return readSamples(answer.body as string);
}

const book = (hotel: { path: string }, headers: Record<string, string> = {}, over: Record<string, unknown> = {}) =>
  t.call('POST', `${hotel.path}/bookings`, { body: stayBody(over), headers });

test('a booking is counted once, and whoever comes too late as a conflict', async () => {
  const hotel = await buildHotel(t.ctx, { rooms: 1 });
  expect(await movedBy(t.ctx, () => book(hotel))).toEqual({ [action('booking/create')]: 1 });
  expect(await movedBy(t.ctx, () => book(hotel))).toEqual({
    [action('booking/create', 'sold_out')]: 1,
    [conflict('sold_out')]: 1,
  });
});

test('a dry run and a repeat are counted as what they are', async () => {
  const hotel = await buildHotel(t.ctx);
  const key = { 'idempotency-key': 'metrics-1-----------' };
  expect(await movedBy(t.ctx, () => book(hotel, { prefer: 'dry-run' }))).toEqual({
    [action('booking/create', 'dry_run')]: 1,
  });
  expect(await movedBy(t.ctx, () => book(hotel, key))).toEqual({ [action('booking/create')]: 1 });
  expect(await movedBy(t.ctx, () => book(hotel, key))).toEqual({ [action('booking/create', 'replayed')]: 1 });
});

test('of two rooms for one guest the second is a conflict of staff', async () => {
  const desk = await openDesk(t, { rooms: 2 });
  const [first, second] = [await desk.confirm(), await desk.confirm()];
  const moved = await movedBy(t.ctx, async () => {
    await desk.act(first, 'assign-room', { room: '101' });
    await desk.act(second, 'assign-room', { room: '101' });
  });
  expect(moved).toEqual({
    [action('booking/assign-room')]: 1,
    [action('booking/assign-room', 'room_taken')]: 1,
    [conflict('room_taken')]: 1,
  });
});

test('a request that makes no sense never was an action, but was a request', async () => {
  const hotel = await buildHotel(t.ctx);
  const count = async (status: string) =>
    (await scrape()).find(
      ({ name, labels }) =>
        name === 'holdfast_http_requests_total' &&
        labels['route'] === '/api/v1/public/properties/:slug/bookings' &&
        labels['status'] === status,
    )?.value ?? 0;
  const [refused, created] = [await count('400'), await count('201')];
  expect(await movedBy(t.ctx, () => book(hotel, {}, { adults: 99 }))).toEqual({});
  await book(hotel);
  expect(await count('400')).toBe(refused + 1);
  expect(await count('201')).toBe(created + 1);
});

test('requests are known by the pattern of their route, and those of no route by none', async () => {
  const desk = await openDesk(t);
  const code = await desk.confirm();
  await desk.call('GET', `/bookings/${code}`);
  await t.call('GET', '/api/v1/there/is/nothing/here?or=there');
  const samples = await scrape();
  const of = (route: string, name: string) => samples.filter((s) => s.name === name && s.labels['route'] === route);
  const route = '/api/v1/staff/properties/:slug/bookings/:code';
  expect(of(route, 'holdfast_http_requests_total')).toEqual([
    expect.objectContaining({ labels: { method: 'GET', route, status: '200' }, value: 1 }),
  ]);
  expect(of(route, 'holdfast_http_request_duration_seconds_count')).toEqual([
    expect.objectContaining({ labels: { method: 'GET', route }, value: 1 }),
  ]);
  expect(of('none', 'holdfast_http_requests_total').map(({ labels }) => labels['status'])).toEqual(['404']);
});

test('every statement that is sent is timed, in transactions and outside, and one that fails too', async () => {
  const desk = await openDesk(t);
  const timed = async () =>
    readSamples((await t.ctx.metrics.render(null)).body).find(
      ({ name }) => name === 'holdfast_database_query_duration_seconds_count',
    )?.value ?? 0;
  const before = await timed();
  const sent = await countStatements(async () => {
    const code = await desk.confirm();
    await desk.act(code, 'cancel', {});
    await expect(t.ctx.db.$queryRaw`SELECT 1 / 0`).rejects.toThrow();
  });
  expect(sent).toBeGreaterThan(5);
  expect((await timed()) - before).toBe(sent);
});

test('a hold that ends is counted with its delay, whether a sweep ends it or the next guest', async () => {
  const [swept, taken] = [await buildHotel(t.ctx, { rooms: 1 }), await buildHotel(t.ctx, { rooms: 1 })];
  await book(swept);
  await t.database.travel('11 minutes');
  expect(await movedBy(t.ctx, () => listOverdueHolds(t.ctx))).toEqual({});
  await expireHolds(t.ctx);
  await t.database.travel('0');
  await book(swept);
  await book(taken);
  await t.database.travel('11 minutes');
  const moved = await movedBy(t.ctx, async () => {
    expect((await book(taken)).status).toBe(201);
    await expireHolds(t.ctx);
  });
  expect(moved).toEqual({
    [action('booking/create')]: 1,
    holdfast_hold_expiry_delay_seconds_count: 2,
    holdfast_hold_expiry_delay_seconds_sum: expect.any(Number),
  });
  // Eleven minutes after they began, holds of ten minutes were a minute late, each.
  expect(Math.floor((moved['holdfast_hold_expiry_delay_seconds_sum'] ?? 0) / 60)).toBe(2);
});

/** Has an event of the gateway's about a payment delivered, signed. */
async function deliver(paymentId: string | null): Promise<void> {
  const object = { object: 'payment_intent', id: `pi_${crypto.randomUUID()}`, metadata: { payment_id: paymentId } };
  const event = { id: `evt_${crypto.randomUUID()}`, object: 'event', type: 'payment_intent.succeeded' };
  const payload = JSON.stringify({ ...event, created: Math.floor(Date.now() / 1_000), data: { object } });
  const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret: WEBHOOK_SECRET });
  const headers = { 'content-type': 'application/json', 'stripe-signature': signature };
  expect((await t.call('POST', '/v1/webhooks/stripe', { body: payload, headers })).status).toBe(200);
}

test('an event is counted as processed, as postponed each time nobody answers, and as failed once nobody is asked again', async () => {
  await t.settle();
  const moved = await movedBy(t.ctx, async () => {
    await deliver(null);
    await t.settle();
  });
  expect(moved).toEqual({ [webhooks('processed')]: 1 });
  const { code } = await t.bookAndOpen(paid.path, stayBody());
  const [payment] = await t.database.sql<{ id: string }>(
    'SELECT p.id FROM payments p JOIN bookings b ON b.id = p.booking_id WHERE b.code = $1',
    [code],
  );
  await t.control('POST', '/faults', { method: 'GET', path: '/v1/', kind: 'error_before', times: 1_000 });
  await deliver(payment?.id ?? '');
  expect(await movedBy(t.ctx, () => t.settle())).toEqual({ [webhooks('postponed')]: 1 });
  await t.database.sql(`UPDATE webhook_events SET attempts = 7, next_attempt_at = app_now() WHERE state = 'RECEIVED'`);
  expect(await movedBy(t.ctx, () => t.settle())).toEqual({ [webhooks('failed')]: 1 });
});

test('a payment is counted by what was asked for, and by what the gateway was asked to do', async () => {
  let page = { url: '', guestToken: '' };
  const opened = await movedBy(t.ctx, async () => {
    page = await t.bookAndOpen(paid.path, stayBody());
  });
  expect(opened).toEqual({
    [action('booking/create')]: 1,
    [action('payment/session')]: 1,
    [operation('CREATE_SESSION')]: 1,
  });
  const captured = await movedBy(t.ctx, async () => {
    await t.payOn(page.url);
    await t.reaches(page.guestToken, { status: 'CONFIRMED' });
  });
  expect(captured).toMatchObject({ [operation('CAPTURE')]: 1 });
  expect(Object.keys(captured).filter((name) => !/CAPTURE|processed/.test(name))).toEqual([]);
});

test('a gateway that gives no answer is counted as unknown each time, and as ok once it turns out well', async () => {
  const { body } = await book(paid);
  const token = body.guestToken as string;
  await t.control('POST', '/faults', { method: 'POST', path: '/checkout', kind: 'error_before', times: 1 });
  const lost = await movedBy(t.ctx, () => t.call('POST', '/v1/guest/booking/payment-session', { token, body: {} }));
  expect(lost).toEqual({
    [action('payment/session', 'gateway_unavailable')]: 1,
    [operation('CREATE_SESSION', 'unknown')]: 1,
  });
  await t.database.travel('1 minute');
  expect(await movedBy(t.ctx, () => t.settle())).toEqual({ [operation('CREATE_SESSION')]: 1 });
});

test('what the gateway refuses is counted as refused', async () => {
  const hotel = await t.hotelOf('STAFF');
  const { code, guestToken, url } = await t.bookAndOpen(hotel.path, stayBody());
  await t.payOn(url);
  await t.reaches(guestToken, { status: 'PENDING_APPROVAL' });
  const fault = { method: 'POST', path: '/capture$', kind: 'error_before', status: 402, times: 1 };
  await t.control('POST', '/faults', fault);
  const moved = await movedBy(t.ctx, () =>
    t.call('POST', `${hotel.desk}/${code}/approve`, { token: hotel.ownerToken, body: {} }),
  );
  expect(moved).toMatchObject({ [operation('CAPTURE', 'refused')]: 1 });
});

test('nothing of a guest and nothing that names a booking or a property is in any label', async () => {
  const canary = {
    firstName: 'Canaryfirst',
    lastName: 'Canarylast',
    email: 'canary@mail.example',
    phone: '+35386555777',
  };
  const desk = await openDesk(t);
  const guest = { guest: canary, specialRequests: 'Canarywish', checkIn: daysAhead(40), checkOut: daysAhead(41) };
  const { code, guestToken } = await desk.book(guest);
  await t.call('GET', '/v1/guest/booking', { token: guestToken });
  await desk.call('GET', `/bookings?q=${canary.email}`);
  await desk.act(code, 'cancel', { reason: 'Canaryreason' });
  await t.call('GET', `/v1/public/properties/${canary.firstName}`);
  await t.call('GET', `/${canary.firstName}/${code}`);
  await t.call('POST', '/v1/auth/login', { body: { email: canary.email, password: 'Canaryword' } });
  const text = (await t.call('GET', '/metrics')).body as string;
  const secrets = [...Object.values(canary), code, guestToken, desk.token, desk.hotel.slug, desk.hotel.propertyId];
  for (const secret of [...secrets, 'anary', 'harbour', 'monsoon']) expect(text).not.toContain(secret);
  expect(text).not.toMatch(/BK-\d|[0-9a-f]{8}-[0-9a-f]{4}-|@|(pi|cs|evt|hf)_\w{6}/);
  const labels = new Set(readSamples(text).flatMap((sample) => Object.keys(sample.labels)));
  expect([...labels].toSorted()).toEqual(
    ['code', 'event', 'kind', 'le', 'method', 'outcome', 'queue', 'result', 'route', 'status'].toSorted(),
  );
});
