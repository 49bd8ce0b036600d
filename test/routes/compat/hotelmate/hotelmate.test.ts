import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import Stripe from 'stripe';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { formatAmount } from '../../../../src/domain/money/money.ts';
import { findViolations } from '../../../support/database/invariants.ts';
import { daysAhead } from '../../../support/hotel/build.ts';
import { refusal } from '../../../support/http/problems.ts';
import { startPayingApp, WEBHOOK_SECRET } from '../../../support/sandbox/sandbox.ts';
import type { PayingApp } from '../../../support/sandbox/sandbox.ts';

let t: PayingApp;
const WEBHOOK = '/api/public/hotel/room-bookings/stripe-webhook/';
const person = { first_name: 'Aoife', last_name: 'Byrne', email: 'aoife@example.com' };
const nights = { check_in: daysAhead(30), check_out: daysAhead(32) };

beforeAll(async () => {
  t = await startPayingApp();
  const { port } = t.app.server.address() as AddressInfo;
  // Stripe knows no other path than HotelMate's.
  await t.control('POST', '/webhook', { url: `http://127.0.0.1:${String(port)}${WEBHOOK}`, secret: WEBHOOK_SECRET });
});
afterAll(() => t.close());

const sign = (payload: string, secret = WEBHOOK_SECRET) =>
  Stripe.webhooks.generateTestHeaderString({ payload, secret });
const deliver = (path: string, payload: string, signature: string) =>
  t.call('POST', path, {
    body: payload,
    headers: { 'content-type': 'application/json', 'stripe-signature': signature },
  });

/** Waits, while webhooks come, until the guest sees this by HotelMate's path. */
async function reaches(path: string, token: string, expected: object): Promise<void> {
  await vi.waitFor(async () => {
    await t.settle();
    expect((await t.call('GET', path, { token })).body).toMatchObject(expected);
  }, 15_000);
}

test('a stay goes through its whole life by HotelMate’s paths alone', async () => {
  const hotel = await t.hotelOf('STAFF');
  const site = `/api/public/hotel/${hotel.slug}`;
  const desk = `/api/staff/hotel/${hotel.slug}/room-bookings`;
  const token = hotel.ownerToken;

  const query = new URLSearchParams({ ...nights, adults: '2', children: '1' }).toString();
  const search = await t.call('GET', `${site}/availability/?${query}`);
  const [offer] = search.body.available_rooms;
  expect(offer).toMatchObject({ is_available: true, rooms_left: 5, pricing: { total: '200.00' } });

  const wish = { room_type: offer.room_info.room_type_code, ...nights, adults: 2, children: 1 };
  const quote = await t.call('POST', `${site}/pricing/quote/`, { body: wish });
  expect(quote.body.pricing).toEqual(offer.pricing);

  const created = await t.call('POST', `${site}/bookings/`, { body: { ...wish, guest: person } });
  const { booking_id: code, guest_token: guestToken } = created.body;
  expect(created).toMatchObject({ status: 201, body: { status: 'PENDING_PAYMENT', pricing: quote.body.pricing } });

  const own = `${site}/room-bookings/${String(code)}`;
  const urls = { success_url: 'https://hotel.example/done', cancel_url: 'https://hotel.example/left' };
  const session = await t.call('POST', `${own}/payment/session/`, { token: guestToken, body: urls });
  const payment = { stage: 'SESSION_CREATED', expires_at: created.body.payment.expires_at };
  expect(session).toMatchObject({ status: 200, body: { booking_id: code, payment } });
  await t.payOn(session.body.payment_url);
  const paidFor = { status: 'PENDING_APPROVAL', payment: { stage: 'AUTHORIZED', required: false } };
  await reaches(`${own}/`, guestToken, paidFor);

  const waiting = await t.call('GET', `${desk}/?status=pending_approval`, { token });
  expect(waiting.body).toMatchObject({ results: [{ booking_id: code, payment: { provider: 'STRIPE' } }] });
  const confirmed = await t.call('POST', `${desk}/${String(code)}/confirm/`, { token });
  const record = { method: 'CARD', stage: 'CAPTURED', amount: '200.00', refunded_amount: '0.00' };
  expect(confirmed).toMatchObject({
    status: 200,
    body: {
      status: 'CONFIRMED',
      payment: { paid_amount: '200.00', records: [{ ...record, reference: expect.stringMatching(/^pi_….{4}$/) }] },
    },
  });
  const seen = await t.call('GET', `${own}/`, { token: guestToken });
  expect(seen.body).toMatchObject({ status: 'CONFIRMED', payment: { paid_amount: '200.00', balance_due: '0.00' } });

  const cancelled = await t.call('PATCH', `${desk}/${String(code)}/cancel/`, { token, body: { reason: 'Ill' } });
  expect(cancelled).toMatchObject({
    status: 200,
    body: { status: 'CANCELLED', payment: { stage: 'REFUNDED', records: [{ refunded_amount: '200.00' }] } },
  });
  expect(await findViolations(t.ctx)).toEqual([]);
});

test('no answer of that life holds a whole id of the gateway', async () => {
  const hotel = await t.hotelOf('STAFF');
  const site = `/api/public/hotel/${hotel.slug}`;
  const created = await t.call('POST', `${site}/bookings`, { body: { room_type: 'ROOM', ...nights, guest: person } });
  const own = `${site}/room-bookings/${String(created.body.booking_id)}`;
  const guest = { token: created.body.guest_token as string };
  const session = await t.call('POST', `${own}/payment/session`, guest);
  await t.payOn(session.body.payment_url);
  await reaches(own, guest.token, { status: 'PENDING_APPROVAL' });
  const list = await t.call('GET', `/api/staff/hotel/${hotel.slug}/room-bookings`, { token: hotel.ownerToken });
  // The page's own address is the one place where the session's name has to be.
  const answers = [created.body, (await t.call('GET', own, guest)).body, list.body, session.body.payment];
  expect(JSON.stringify(answers)).toContain('pi_…');
  expect(JSON.stringify(answers)).not.toMatch(/\b(pi|cs|ch|re)_\w/);
});

test('an event that comes on both webhook paths is stored once', async () => {
  const payload = JSON.stringify({
    id: 'evt_on_both_paths',
    object: 'event',
    type: 'payment_intent.succeeded',
    created: 1,
    data: { object: { object: 'payment_intent', id: 'pi_somebody_elses' } },
  });
  for (const path of [WEBHOOK, '/v1/webhooks/stripe', WEBHOOK]) {
    expect(await deliver(path, payload, sign(payload))).toMatchObject({ status: 200, body: { received: true } });
  }
  const rows = await t.database.sql(`SELECT event_id FROM webhook_events WHERE event_id = 'evt_on_both_paths'`);
  expect(rows).toHaveLength(1);
});

test('the webhook path refuses what is not signed by Stripe, what is no JSON and what is too large', async () => {
  expect(await deliver(WEBHOOK, '{}', sign('{}', 'whsec_other'))).toMatchObject(refusal('invalid_signature'));
  expect(await t.call('POST', WEBHOOK, { body: {} })).toMatchObject(refusal('invalid_signature'));
  const text = { body: 'x', headers: { 'content-type': 'text/plain' } };
  expect(await t.call('POST', WEBHOOK, text)).toMatchObject(refusal('unsupported_media_type'));
  const large = JSON.stringify('x'.repeat(300_000));
  expect(await deliver(WEBHOOK, large, sign(large))).toMatchObject(refusal('payload_too_large'));
});

test.each([
  [28_900, 'EUR', '289.00'],
  [5, 'EUR', '0.05'],
  [0, 'INR', '0.00'],
  [-150, 'USD', '-1.50'],
  [28_900, 'HUF', '289.00'],
  [28_900, 'JPY', '28900'],
  [28_900, 'KWD', '28.900'],
])('%i minor units of %s are "%s"', (amount, currency, text) => {
  expect(formatAmount(amount, currency)).toBe(text);
});

test('an amount as a decimal text is the same amount, to the minor unit', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), fc.constantFrom('EUR', 'JPY', 'KWD'), (amount, currency) => {
      expect(Number(formatAmount(amount, currency).replace('.', ''))).toBe(amount);
    }),
  );
});
