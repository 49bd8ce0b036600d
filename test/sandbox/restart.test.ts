import { appendFile, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  listEventTypes,
  makeDataDir,
  paySession,
  refusal,
  sessionParams,
  spawnSandbox,
} from '../support/sandbox/stripe-sandbox.ts';
import { openReceiver } from '../support/sandbox/webhook-receiver.ts';

let dataDir: string;
beforeEach(async () => {
  dataDir = await makeDataDir();
});
afterEach(() => rm(dataDir, { recursive: true }));

it('state, events, answers under keys and the clock survive a SIGKILL', async () => {
  await using before = await spawnSandbox(dataDir);
  const open = await before.stripe.checkout.sessions.create(sessionParams(), { idempotencyKey: 'booking-1' });
  const { intentId, chargeId } = await paySession(before);
  await before.stripe.paymentIntents.capture(intentId, { amount_to_capture: 9_000 }, { idempotencyKey: 'capture-1' });
  await before.stripe.refunds.create({ payment_intent: intentId, amount: 1_000 });
  await before.control('POST clock', { advanceSeconds: 3_600 });
  const state = await before.control('GET state');
  const requests = await before.control('GET journal');
  await before.kill();

  await using after = await spawnSandbox(dataDir);
  const { now: _, ...kept } = state;
  expect(await after.control('GET state')).toMatchObject(kept);
  expect(await after.control('GET journal')).toEqual(requests);
  expect(await after.stripe.charges.retrieve(chargeId)).toMatchObject({
    amount_captured: 9_000,
    amount_refunded: 2_000,
  });
  const replayed = await after.stripe.checkout.sessions.create(sessionParams(), { idempotencyKey: 'booking-1' });
  expect(replayed.id).toBe(open.id);
  expect(replayed.lastResponse.headers).toMatchObject({ 'idempotent-replayed': 'true' });
  const other = after.stripe.paymentIntents.capture(intentId, {}, { idempotencyKey: 'capture-1' });
  expect(await refusal(other)).toMatchObject({ type: 'StripeIdempotencyError' });
  expect(await refusal(after.stripe.paymentIntents.capture(intentId))).toMatchObject({
    code: 'payment_intent_unexpected_state',
  });
  expect(await after.stop()).toBe(0);
});

it('a kill in the midst of requests loses nothing that was answered and makes nothing twice', async () => {
  await using before = await spawnSandbox(dataDir);
  const keys = Array.from({ length: 400 }, (_, index) => `booking-${String(index)}`);
  const answered = new Map<string, string>();
  const create = async ({ stripe }: typeof before, key: string) =>
    (await stripe.checkout.sessions.create(sessionParams({ client_reference_id: key }), { idempotencyKey: key })).id;
  const running = keys.map(async (idempotencyKey, index) => {
    const id = await create(before, idempotencyKey);
    answered.set(idempotencyKey, id);
    if (index === 50) await before.kill();
  });
  await Promise.allSettled(running);
  expect(answered.size).toBeGreaterThan(50);
  expect(answered.size).toBeLessThan(keys.length);

  await using after = await spawnSandbox(dataDir);
  for (const key of keys) {
    const id = await create(after, key);
    if (answered.has(key)) expect(id).toBe(answered.get(key));
  }
  const references: (string | null)[] = [];
  for await (const session of after.stripe.checkout.sessions.list({ limit: 100 })) {
    references.push(session.client_reference_id);
  }
  expect(references.toSorted()).toEqual(keys.toSorted());
  await after.stop();
});

it('events that were not delivered before a SIGKILL are delivered after it', async () => {
  await using receiver = await openReceiver();
  receiver.answerWith(503);
  const webhook = ['--webhook-url', receiver.url, '--webhook-secret', receiver.secret];
  await using before = await spawnSandbox(dataDir, ...webhook);
  await paySession(before);
  await receiver.waitUntil((received) => received.length >= 4);
  await before.kill();

  receiver.answerWith(200);
  const seen = receiver.received.length;
  // The address and the secret were remembered.
  await using after = await spawnSandbox(dataDir);
  await receiver.waitUntil((received) => received.length === seen + 4);
  await expect.poll(async () => (await after.control('GET delivery')).delivered).toBe(4);
  await after.kill();

  await using third = await spawnSandbox(dataDir);
  expect(await third.control('GET delivery')).toMatchObject({ delivered: 4, pending: [] });
  expect(receiver.received).toHaveLength(seen + 4);
  await third.stop();
});

it('what came due while it was down comes about when it is back', async () => {
  await using before = await spawnSandbox(dataDir, '--capture-window-seconds', '1');
  const { intentId } = await paySession(before);
  await before.kill();
  await using after = await spawnSandbox(dataDir);
  await expect.poll(async () => (await after.stripe.paymentIntents.retrieve(intentId)).status).toBe('canceled');
  expect((await listEventTypes(after)).slice(-2)).toEqual(['charge.expired', 'payment_intent.canceled']);
  await after.stop();
});

it('a half-written last line is ignored, and what comes after it is kept', async () => {
  await using first = await spawnSandbox(dataDir);
  const one = await first.stripe.checkout.sessions.create(sessionParams());
  await first.kill();
  await appendFile(path.join(dataDir, 'stripe-journal.jsonl'), '{"objects":[{"id":"cs_test_ha');

  await using second = await spawnSandbox(dataDir);
  const two = await second.stripe.checkout.sessions.create(sessionParams());
  await second.kill();

  await using third = await spawnSandbox(dataDir);
  const { data } = await third.stripe.checkout.sessions.list();
  expect(data.map(({ id }) => id)).toEqual([two.id, one.id]);
  await third.stop();
});

it('the journal tells every mutating request and how it went', async () => {
  await using sandbox = await spawnSandbox(dataDir);
  const { sessionId, intentId } = await paySession(sandbox);
  const captured = await sandbox.stripe.paymentIntents.capture(
    intentId,
    { amount_to_capture: 5 },
    { idempotencyKey: 'capture-1' },
  );
  await refusal(sandbox.stripe.paymentIntents.capture(intentId, {}, { idempotencyKey: 'capture-2' }));
  await sandbox.control('POST faults', { kind: 'drop_before', times: 2 });
  await refusal(sandbox.stripe.refunds.create({ payment_intent: intentId }));
  const { requests } = await sandbox.control('GET journal');
  expect(requests).toMatchObject([
    { method: 'POST', path: '/v1/checkout/sessions', status: 200, error: null },
    { method: 'POST', path: `/_sandbox/checkout/${sessionId}/pay`, params: { card: 'ok' }, status: 200 },
    {
      id: captured.lastResponse.requestId,
      path: `/v1/payment_intents/${intentId}/capture`,
      params: { amount_to_capture: '5' },
      idempotencyKey: 'capture-1',
      status: 200,
      replayed: false,
      fault: null,
    },
    {
      idempotencyKey: 'capture-2',
      status: 400,
      error: { type: 'invalid_request_error', code: 'payment_intent_unexpected_state' },
    },
    { path: '/v1/refunds', status: null, fault: 'drop_before' },
    { path: '/v1/refunds', status: null, fault: 'drop_before' },
  ]);
  const lines = (await readFile(path.join(dataDir, 'stripe-journal.jsonl'), 'utf8')).trim().split('\n');
  expect(lines.map((line) => JSON.parse(line).request).filter(Boolean)).toEqual(requests);
  await sandbox.stop();
});

it.each(['SIGTERM', 'SIGINT'] as const)('%s ends it with 0, even while a request hangs', async (signal) => {
  await using sandbox = await spawnSandbox(dataDir);
  await sandbox.control('POST faults', { kind: 'hang_before', path: '/charges' });
  const hanging = refusal(sandbox.stripe.charges.list());
  await expect.poll(async () => (await sandbox.control('GET faults')).faults[0].struck).toBe(1);
  expect(await sandbox.stop(signal)).toBe(0);
  expect(await hanging).toMatchObject({ type: 'StripeConnectionError' });
});
