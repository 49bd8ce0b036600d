import Stripe from 'stripe';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { processWebhook } from '../../../../src/services/money/gateway/webhook/process-webhook.ts';
import { stayBody } from '../../../support/hotel/build.ts';
import { startPayingApp, WEBHOOK_SECRET } from '../../../support/sandbox/sandbox.ts';
import type { PaidHotel, PayingApp } from '../../../support/sandbox/sandbox.ts';
import { trials } from '../../../support/tier/trials.ts';

/** Some three events of one payment, each delivered twenty times. */
const { repeats } = trials('webhooks', { small: 5, middle: 5, full: 200, lap: 1, each: 60 });

let t: PayingApp;
let hotel: PaidHotel;

beforeAll(async () => {
  t = await startPayingApp();
  hotel = await t.hotelOf('AUTOMATIC', 50);
});
beforeEach(() => t.control('POST', '/delivery', { paused: false, duplicate: 0, shuffle: false, delayMs: 0 }));
afterAll(() => t.close());

const sign = (payload: string, timestamp?: number, secret = WEBHOOK_SECRET) =>
  Stripe.webhooks.generateTestHeaderString({ payload, secret, ...(timestamp !== undefined && { timestamp }) });

async function deliver(payload: string, signature: string) {
  return t.call('POST', '/v1/webhooks/stripe', {
    body: payload,
    headers: { 'content-type': 'application/json', 'stripe-signature': signature },
  });
}

const eventOf = (object: object, id = `evt_${crypto.randomUUID()}`, type = 'payment_intent.succeeded') =>
  JSON.stringify({ id, object: 'event', type, created: Math.floor(Date.now() / 1_000), data: { object } });

const countStored = async () => (await t.database.sql('SELECT 1 FROM webhook_events')).length;

test('every event twenty times in parallel and shuffled has one effect', { repeats }, async () => {
  await t.control('POST', '/delivery', { duplicate: 20, shuffle: true });
  const { url, guestToken, code } = await t.bookAndOpen(hotel.path, stayBody());
  await t.payOn(url);
  await t.reachesAtDesk(hotel, code, { status: 'CONFIRMED', paidAmount: 10_000, payments: [{ stage: 'CAPTURED' }] });
  const rows = await t.database.sql('SELECT event_id FROM webhook_events GROUP BY event_id HAVING count(*) > 1');
  expect(rows).toEqual([]);
  const history = await t.call('GET', `${hotel.desk}/${code}/history`, { token: hotel.ownerToken });
  const actions = (history.body.items as { action: string }[]).map(({ action }) => action);
  expect(actions).toEqual(['create', 'payment-authorized', 'payment', 'confirm']);
  expect((await t.call('GET', '/v1/guest/booking', { token: guestToken })).body.paidAmount).toBe(10_000);
});

test('an event that comes before the answer it belongs to is understood', async () => {
  // The page is made, but its answer is lost: we learn the session's id from the event.
  const created = await t.call('POST', `${hotel.path}/bookings`, { body: stayBody() });
  const guestToken = created.body.guestToken as string;
  await t.control('POST', '/faults', { method: 'POST', path: '/v1/checkout/sessions$', kind: 'error_after', times: 1 });
  const lost = await t.call('POST', '/v1/guest/booking/payment-session', { token: guestToken });
  expect(lost).toMatchObject({ status: 502, body: { code: 'gateway_unavailable' } });
  const { sessions } = (await t.control('GET', '/state')) as {
    sessions: { id: string; client_reference_id: string }[];
  };
  const session = sessions.find((candidate) => candidate.client_reference_id === created.body.booking.code);
  await t.control('POST', `/checkout/${String(session?.id)}/pay`, { card: 'ok' });
  await t.reaches(guestToken, { status: 'CONFIRMED', paymentStage: 'CAPTURED' });
});

test('an event about something that is not ours is stored, done with and harmless', async () => {
  const payload = eventOf({
    object: 'payment_intent',
    id: 'pi_somebody_elses',
    metadata: { payment_id: 'not-a-uuid' },
  });
  expect(await deliver(payload, sign(payload))).toMatchObject({ status: 200, body: { received: true } });
  await t.settle();
  expect(
    await t.database.sql(`SELECT state, booking_id FROM webhook_events WHERE intent_id = 'pi_somebody_elses'`),
  ).toEqual([{ state: 'PROCESSED', booking_id: null }]);
});

test('an event that claims another booking’s payment changes nothing, because the gateway says otherwise', async () => {
  const mine = await t.bookAndOpen(hotel.path, stayBody());
  const [payment] = await t.database.sql<{ id: string }>(
    'SELECT p.id FROM payments p JOIN bookings b ON b.id = p.booking_id WHERE b.code = $1',
    [mine.code],
  );
  const rich = await t.bookAndOpen(hotel.path, stayBody());
  await t.payOn(rich.url);
  await t.reaches(rich.guestToken, { status: 'CONFIRMED' });
  const [paid] = await t.database.sql<{ intent_id: string }>(
    'SELECT p.intent_id FROM payments p JOIN bookings b ON b.id = p.booking_id WHERE b.code = $1',
    [rich.code],
  );
  const payload = eventOf({ object: 'payment_intent', id: paid?.intent_id, metadata: { payment_id: payment?.id } });
  await deliver(payload, sign(payload));
  await t.settle();
  expect((await t.call('GET', '/v1/guest/booking', { token: mine.guestToken })).body).toMatchObject({
    status: 'PENDING_PAYMENT',
    paidAmount: 0,
  });
});

test('a forged, a tampered, an old and an unsigned event are refused, and nothing is stored', async () => {
  const before = await countStored();
  const payload = eventOf({ object: 'payment_intent', id: 'pi_1' });
  const attempts: [string, string][] = [
    [payload, sign(payload, undefined, 'whsec_of_a_thief')],
    [payload.replace('pi_1', 'pi_2'), sign(payload)],
    [payload, sign(payload, Math.floor(Date.now() / 1_000) - 301)],
    [payload, 'nonsense'],
  ];
  for (const [body, signature] of attempts) {
    expect(await deliver(body, signature)).toMatchObject({ status: 400, body: { code: 'invalid_signature' } });
  }
  expect(await t.call('POST', '/v1/webhooks/stripe', { body: {} })).toMatchObject({
    status: 400,
    body: { code: 'invalid_signature' },
  });
  expect(await countStored()).toBe(before);
});

test('an event of 300 kB is refused before it is read', async () => {
  const before = await countStored();
  const payload = eventOf({ object: 'payment_intent', padding: 'x'.repeat(300_000) });
  expect(await deliver(payload, sign(payload))).toMatchObject({ status: 413, body: { code: 'payload_too_large' } });
  expect(await countStored()).toBe(before);
});

test('an event that can not be processed is FAILED after eight attempts, seen by staff, and can be replayed', async () => {
  const { url, guestToken, code } = await t.bookAndOpen(hotel.path, stayBody());
  await t.control('POST', '/faults', { method: 'GET', path: '/v1/', kind: 'error_before', times: 1_000 });
  await t.payOn(url);
  await t.reachesWebhooks(code, 1);
  for (let attempt = 0; attempt < 9; attempt += 1) {
    await t.database.travel(`${String((attempt + 1) * 3)} hours`);
    await t.settle();
  }
  await t.database.travel('0');
  const path = `/v1/staff/properties/${hotel.slug}/webhook-events`;
  const failed = await t.call('GET', `${path}?bookingCode=${code}&state=FAILED`, { token: hotel.ownerToken });
  expect(failed.body.items.length).toBeGreaterThan(0);
  expect(failed.body.items[0]).toMatchObject({ attempts: 8, lastError: expect.any(String) });
  expect(await t.database.sql(`SELECT 1 FROM outbox_messages WHERE type = 'webhook_failed'`)).not.toEqual([]);
  await t.control('DELETE', '/faults');
  const id = failed.body.items[0].id as string;
  expect(await t.call('POST', `${path}/${id}/replay`, { token: hotel.ownerToken, body: {} })).toMatchObject({
    status: 200,
    body: { state: 'PROCESSED' },
  });
  await t.reaches(guestToken, { paymentStage: 'CAPTURED' });
});

test('an event that somebody else has done with meanwhile is not FAILED by who was slower', async () => {
  const { url, code } = await t.bookAndOpen(hotel.path, stayBody());
  await t.payOn(url);
  await t.reachesWebhooks(code, 1);
  const [event] = await t.database.sql<{ id: string }>(
    `UPDATE webhook_events SET state = 'RECEIVED', attempts = 7, leased_until = now() + interval '1 hour'
     WHERE id = (SELECT max(w.id) FROM webhook_events w JOIN bookings b ON b.id = w.booking_id WHERE b.code = $1) RETURNING id`,
    [code],
  );
  const id = BigInt(event?.id ?? 0);
  await t.control('POST', '/faults', { method: 'GET', path: '/v1/', kind: 'error_before', times: 100 });
  const { gateway } = t.ctx;
  // The other one is done in the moment in which this one asks.
  const slow = { ...t.ctx, gateway: { ...gateway, withDeadline: () => afterOther(id, gateway) } };
  await processWebhook(slow, id);
  await t.control('DELETE', '/faults');
  expect(await t.database.sql('SELECT state FROM webhook_events WHERE id = $1', [id])).toEqual([
    { state: 'PROCESSED' },
  ]);
});

/** The gateway, before which each of its answers lets somebody else finish the event. */
function afterOther(id: bigint, gateway: PayingApp['ctx']['gateway']): PayingApp['ctx']['gateway'] {
  return new Proxy(gateway, {
    get: (target, name) => {
      const ask = Reflect.get(target, name) as (...args: unknown[]) => unknown;
      return async (...args: unknown[]) => {
        await t.database.sql(`UPDATE webhook_events SET state = 'PROCESSED' WHERE id = $1`, [id]);
        return Reflect.apply(ask, target, args);
      };
    },
  });
}
