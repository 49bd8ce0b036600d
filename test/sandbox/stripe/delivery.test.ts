import type Stripe from 'stripe';
import { expect, it } from 'vitest';
import { openSandbox, paySession, refusal } from '../../support/sandbox/stripe-sandbox.ts';
import type { TestSandbox } from '../../support/sandbox/stripe-sandbox.ts';
import { openReceiver } from '../../support/sandbox/webhook-receiver.ts';
import type { Receiver } from '../../support/sandbox/webhook-receiver.ts';

const typesOf = (events: readonly Stripe.Event[]) => events.map((event) => event.type);

/** A sandbox that delivers to the receiver. */
function openFor(receiver: Receiver): Promise<TestSandbox> {
  return openSandbox({ webhookUrl: receiver.url, webhookSecret: receiver.secret });
}

it('every event is delivered with a signature the SDK accepts, as /v1/events shows it', async () => {
  await using receiver = await openReceiver();
  await using sandbox = await openFor(receiver);
  const { intentId } = await paySession(sandbox);
  await sandbox.stripe.paymentIntents.capture(intentId, {}, { idempotencyKey: 'capture-1' });
  const succeeded = await receiver.waitFor('payment_intent.succeeded');
  await receiver.waitUntil((received) => received.length === 6);
  const listed = await sandbox.stripe.events.list();
  expect(new Set(typesOf(receiver.received))).toEqual(new Set(typesOf(listed.data)));
  const shown = await sandbox.stripe.events.retrieve(succeeded.id);
  expect({ ...succeeded, pending_webhooks: 0 }).toEqual({ ...shown });
  expect(succeeded).toMatchObject({
    api_version: '2026-10-28.endive',
    livemode: false,
    request: { id: expect.stringMatching(/^req_/), idempotency_key: 'capture-1' },
    data: { object: { id: intentId, status: 'succeeded' } },
  });
});

it('a delivered event has no webhook pending any more', async () => {
  await using receiver = await openReceiver();
  await using sandbox = await openFor(receiver);
  await sandbox.control('POST delivery', { paused: true });
  await paySession(sandbox);
  const pending = async (delivery_success: boolean) =>
    (await sandbox.stripe.events.list({ delivery_success })).data.map((event) => event.pending_webhooks);
  expect(await pending(false)).toEqual([1, 1, 1, 1]);
  expect(await sandbox.control('POST delivery/flush')).toEqual({ delivered: 4, pending: 0 });
  expect(await pending(true)).toEqual([0, 0, 0, 0]);
  expect(receiver.received).toHaveLength(4);
});

it('what the endpoint does not take comes again until it does', async () => {
  await using receiver = await openReceiver();
  await using sandbox = await openFor(receiver);
  receiver.answerWith(500);
  await paySession(sandbox);
  await receiver.waitUntil((received) => received.length >= 8);
  expect((await sandbox.control('GET delivery')).pending).toHaveLength(4);
  receiver.answerWith(200);
  await expect.poll(async () => (await sandbox.control('GET delivery')).pending).toEqual([]);
  const ids = new Set(receiver.received.map((event) => event.id));
  expect(ids.size).toBe(4);
});

it('a redirect is not taken for an answer', async () => {
  await using receiver = await openReceiver();
  await using sandbox = await openFor(receiver);
  await sandbox.control('POST delivery', { paused: true });
  receiver.answerWith(302);
  await paySession(sandbox);
  expect(await sandbox.control('POST delivery/flush')).toEqual({ delivered: 0, pending: 4 });
});

it('events wait for an endpoint that is not there yet', async () => {
  await using receiver = await openReceiver();
  await using sandbox = await openSandbox();
  await paySession(sandbox);
  await sandbox.control('POST webhook', { url: receiver.url, secret: receiver.secret });
  await receiver.waitUntil((received) => received.length === 4);
});

it('an endpoint that is down hears of everything once it is up', async () => {
  const first = await openReceiver();
  await using sandbox = await openFor(first);
  await first[Symbol.asyncDispose]();
  await paySession(sandbox);
  await expect.poll(async () => (await sandbox.control('GET delivery')).pending[0]?.lastError).toBe('ECONNREFUSED');
  await using second = await openReceiver(Number(new URL(first.url).port));
  await second.waitUntil((received) => new Set(received.map((event) => event.id)).size === 4);
});

it('duplicates are the same event, sent at once', async () => {
  await using receiver = await openReceiver();
  await using sandbox = await openFor(receiver);
  await sandbox.control('POST delivery', { duplicate: 2 });
  await paySession(sandbox);
  await receiver.waitUntil((received) => received.length === 12);
  const counts = Object.values(Object.groupBy(receiver.received, (event) => event.id)).map((copies) => copies?.length);
  expect(counts).toEqual([3, 3, 3, 3]);
});

it('shuffled events come in another order, the same one for the same seed', async () => {
  const orderFor = async (seed: number) => {
    await using receiver = await openReceiver();
    await using sandbox = await openFor(receiver);
    await sandbox.control('POST delivery', { paused: true, shuffle: true, seed });
    const { intentId } = await paySession(sandbox);
    await sandbox.stripe.paymentIntents.capture(intentId);
    await sandbox.stripe.refunds.create({ payment_intent: intentId });
    await sandbox.control('POST delivery/flush');
    return typesOf(receiver.received);
  };
  const [one, same, other] = [await orderFor(1), await orderFor(1), await orderFor(2)];
  expect(same).toEqual(one);
  expect(other).not.toEqual(one);
  expect(other.toSorted()).toEqual(one.toSorted());
  expect(one).toHaveLength(9);
});

it('shuffled events also arrive by themselves', async () => {
  await using receiver = await openReceiver();
  await using sandbox = await openFor(receiver);
  await sandbox.control('POST delivery', { shuffle: true });
  await paySession(sandbox);
  await receiver.waitUntil((received) => received.length === 4);
});

it('delayed events wait', async () => {
  await using receiver = await openReceiver();
  await using sandbox = await openFor(receiver);
  await sandbox.control('POST delivery', { delayMs: 400 });
  const start = performance.now();
  await paySession(sandbox);
  await receiver.waitUntil((received) => received.length === 4);
  expect(performance.now() - start).toBeGreaterThan(390);
});

it('dropped types never arrive by themselves, and still can be read and sent by hand', async () => {
  await using receiver = await openReceiver();
  await using sandbox = await openFor(receiver);
  await sandbox.control('POST delivery', { drop: ['checkout.session.completed'] });
  const { sessionId } = await paySession(sandbox);
  await sandbox.control('POST delivery/flush');
  expect(typesOf(receiver.received)).not.toContain('checkout.session.completed');
  const [lost] = (await sandbox.stripe.events.list({ type: 'checkout.session.completed' })).data;
  expect(lost?.data.object).toMatchObject({ id: sessionId });
  expect(await sandbox.control(`POST events/${String(lost?.id)}/deliver`)).toEqual({ status: 200, error: null });
  expect(receiver.received.at(-1)?.id).toBe(lost?.id);
});

it('a share of all events can be dropped, and nothing is dropped after a reset', async () => {
  await using receiver = await openReceiver();
  await using sandbox = await openFor(receiver);
  await sandbox.control('POST delivery', { drop: 0.5, seed: 3 });
  for (let round = 0; round < 10; round += 1) await paySession(sandbox);
  await sandbox.control('POST delivery/flush');
  const { dropped, delivered }: { dropped: number; delivered: number } = await sandbox.control('GET delivery');
  expect(dropped + delivered).toBe(40);
  expect(dropped).toBeGreaterThan(10);
  expect(dropped).toBeLessThan(30);
  expect(receiver.received).toHaveLength(delivered);
  await sandbox.control('DELETE delivery');
  await paySession(sandbox);
  await sandbox.control('POST delivery/flush');
  expect(await sandbox.control('GET delivery')).toMatchObject({ dropped, delivered: delivered + 4 });
});

it('events are listed by type and time, page by page both ways', async () => {
  await using sandbox = await openSandbox();
  await paySession(sandbox);
  const { events } = sandbox.stripe;
  const all = (await events.list()).data;
  const [newest, second, third, oldest] = all.map(({ id }) => id);
  const ids = async (params: Stripe.EventListParams) => (await events.list(params)).data.map(({ id }) => id);
  expect(await ids({ types: ['charge.succeeded', 'payment_intent.created'] })).toEqual([third, oldest]);
  expect(await ids({ limit: 2, starting_after: String(newest) })).toEqual([second, third]);
  expect(await ids({ limit: 2, ending_before: String(oldest) })).toEqual([second, third]);
  expect(await ids({ created: { gt: (all[0]?.created ?? 0) + 1 } })).toEqual([]);
  expect((await events.list({ limit: 2 })).has_more).toBe(true);
  expect(await refusal(events.retrieve('evt_none'))).toMatchObject({ statusCode: 404 });
});
