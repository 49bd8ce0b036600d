import Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { openBank } from '../../../support/money/bank.ts';
import type { Bank } from '../../../support/money/bank.ts';
import { startPayingApp, WEBHOOK_SECRET } from '../../../support/sandbox/sandbox.ts';
import type { PayingApp } from '../../../support/sandbox/sandbox.ts';
import { connectSandbox } from '../../../support/sandbox/stripe-sandbox.ts';

let t: PayingApp;
let bank: Bank;

beforeAll(async () => {
  t = await startPayingApp({ LOG_LEVEL: 'error' });
  bank = await openBank(t);
});
afterEach(() => bank.rest());
afterAll(() => t.close());

const sign = (payload: string) => Stripe.webhooks.generateTestHeaderString({ payload, secret: WEBHOOK_SECRET });

async function deliver(type: string, object: object): Promise<string> {
  const id = `evt_${crypto.randomUUID()}`;
  const created = Math.floor(Date.now() / 1_000);
  const body = JSON.stringify({ id, object: 'event', type, created, data: { object } });
  const headers = { 'content-type': 'application/json', 'stripe-signature': sign(body) };
  expect((await t.call('POST', '/v1/webhooks/stripe', { body, headers })).status).toBe(200);
  return id;
}

test.each([
  ['charge.dispute.created', { object: 'dispute', id: 'du_theirs', payment_intent: 'pi_theirs', charge: 'ch_theirs' }],
  ['charge.dispute.closed', { object: 'dispute', id: 'du_theirs', payment_intent: null, charge: 'ch_theirs' }],
  ['payment_intent.succeeded', { object: 'payment_intent', id: 'pi_theirs', metadata: { payment_id: '7' } }],
  ['checkout.session.completed', { object: 'checkout.session', id: 'cs_theirs', payment_intent: 'pi_theirs' }],
  ['charge.refunded', { object: 'charge', id: 'ch_theirs', payment_intent: 'pi_theirs', metadata: {} }],
  ['refund.updated', { object: 'refund', id: 're_theirs', payment_intent: 'pi_theirs', charge: 'ch_theirs' }],
  ['charge.refund.updated', { object: 'refund', id: 're_theirs', payment_intent: 'pi_theirs' }],
  ['customer.created', { object: 'customer', id: 'cus_theirs' }],
])('%s about another system’s object is stored, done with, and nobody is told', async (type, object) => {
  const told = async () => (await t.database.sql('SELECT 1 FROM outbox_messages')).length;
  await t.settle();
  const before = await told();
  const id = await deliver(type, object);
  await t.settle();
  expect(
    await t.database.sql('SELECT state, attempts, booking_id, property_id FROM webhook_events WHERE event_id = $1', [
      id,
    ]),
  ).toEqual([{ state: 'PROCESSED', attempts: 1, booking_id: null, property_id: null }]);
  expect(await told()).toBe(before);
});

test('another system’s dispute in the same account is left to it', async () => {
  const { stripe: other } = connectSandbox(t.sandboxUrl);
  const session = await other.checkout.sessions.create({
    mode: 'payment',
    line_items: [{ quantity: 1, price_data: { currency: 'eur', unit_amount: 500, product_data: { name: 'Hat' } } }],
    success_url: 'https://hats.test/',
    cancel_url: 'https://hats.test/',
  });
  const paid = (await t.control('POST', `/checkout/${session.id}/pay`, { card: 'ok' })) as { charge: { id: string } };
  const id = await bank.dispute(paid.charge.id);
  await bank.close(id, 'lost');
  await vi.waitFor(async () => {
    await t.settle();
    const rows = t.database.sql(`SELECT DISTINCT state FROM webhook_events WHERE dispute_id = $1`, [id]);
    expect(await rows).toEqual([{ state: 'PROCESSED' }]);
  }, 15_000);
  expect(await t.database.sql('SELECT 1 FROM disputes WHERE gateway_dispute_id = $1', [id])).toEqual([]);
});

test('an event that claims another payment’s dispute changes nothing, because the gateway says otherwise', async () => {
  const mine = await bank.bookAndPay();
  const theirs = await bank.bookAndDispute();
  await deliver('charge.dispute.created', { object: 'dispute', id: theirs.disputeId, payment_intent: mine.intentId });
  await t.settle();
  expect((await bank.see(mine.code)).disputes).toEqual([]);
});
