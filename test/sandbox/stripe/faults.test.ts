import { expect, it } from 'vitest';
import { connectSandbox, openSandbox, paySession, refusal } from '../../support/sandbox/stripe-sandbox.ts';
import type { SandboxClient } from '../../support/sandbox/stripe-sandbox.ts';

const statusOf = async ({ stripe }: SandboxClient, intentId: string) =>
  (await stripe.paymentIntents.retrieve(intentId)).status;

it.each([
  // The SDK repeats a request whose connection was closed once by itself, so a caller sees the second drop.
  ['drop_before', 2, 'StripeConnectionError', 'requires_capture'],
  ['drop_after', 2, 'StripeConnectionError', 'succeeded'],
  ['error_before', 1, 'StripeAPIError', 'requires_capture'],
  ['error_after', 1, 'StripeAPIError', 'succeeded'],
  ['hang_before', 1, 'StripeConnectionError', 'requires_capture'],
  ['hang_after', 1, 'StripeConnectionError', 'succeeded'],
])('%s: the caller does not know, the intent does', async (kind, times, type, status) => {
  await using sandbox = await openSandbox();
  const { intentId } = await paySession(sandbox);
  await sandbox.control('POST faults', { kind, times, method: 'POST', path: '^/v1/payment_intents/.+/capture$' });
  const impatient = connectSandbox(sandbox.url, 150).stripe;
  const error = await refusal(impatient.paymentIntents.capture(intentId, {}, { idempotencyKey: 'capture-1' }));
  expect(error).toMatchObject({ type });
  expect(await statusOf(sandbox, intentId)).toBe(status);
});

it.each(['drop_before', 'drop_after', 'hang_before', 'hang_after'])(
  'after %s the same key leads to one capture and its answer',
  async (kind) => {
    await using sandbox = await openSandbox();
    const { intentId } = await paySession(sandbox);
    await sandbox.control('POST faults', { kind, times: kind.startsWith('drop') ? 2 : 1, path: '/capture$' });
    const { stripe } = connectSandbox(sandbox.url, 150);
    const capture = () => stripe.paymentIntents.capture(intentId, {}, { idempotencyKey: 'capture-1' });
    await refusal(capture());
    expect(await capture()).toMatchObject({ status: 'succeeded', amount_received: 10_000 });
    const captured = await stripe.events.list({ type: 'charge.captured' });
    expect(captured.data).toHaveLength(1);
  },
);

it('the SDK itself repeats a request once when its connection is closed', async () => {
  await using sandbox = await openSandbox();
  const { intentId } = await paySession(sandbox);
  await sandbox.control('POST faults', { kind: 'drop_after', path: '/capture$' });
  const captured = await sandbox.stripe.paymentIntents.capture(intentId);
  expect(captured.lastResponse.headers).toMatchObject({ 'idempotent-replayed': 'true' });
});

it('a late hang ends in the effect though nobody waits for it any more', async () => {
  await using sandbox = await openSandbox();
  const { intentId } = await paySession(sandbox);
  await sandbox.control('POST faults', { kind: 'hang_before', path: '/capture$', hangMs: 300, late: true });
  const { stripe } = connectSandbox(sandbox.url, 50);
  const capture = () => stripe.paymentIntents.capture(intentId, {}, { idempotencyKey: 'capture-1' });
  expect(await refusal(capture())).toMatchObject({ type: 'StripeConnectionError' });
  expect(await refusal(capture())).toMatchObject({ code: 'idempotency_key_in_use' });
  await expect.poll(() => statusOf(sandbox, intentId)).toBe('succeeded');
});

it('a fault strikes only where and as often as it was ordered', async () => {
  await using sandbox = await openSandbox();
  const one = await paySession(sandbox);
  await sandbox.control('POST faults', { kind: 'error_before', method: 'POST', path: 'capture', times: 2 });
  expect(await statusOf(sandbox, one.intentId)).toBe('requires_capture');
  for (const _ of [1, 2]) expect(await refusal(sandbox.stripe.paymentIntents.capture(one.intentId))).toBeDefined();
  expect((await sandbox.control('GET faults')).faults).toMatchObject([{ left: 0, struck: 2 }]);
  expect(await sandbox.stripe.paymentIntents.capture(one.intentId)).toMatchObject({ status: 'succeeded' });
});

it('faults can be taken back', async () => {
  await using sandbox = await openSandbox();
  await sandbox.control('POST faults', { kind: 'error_before', times: 1_000 });
  expect(await refusal(sandbox.stripe.charges.list())).toMatchObject({ statusCode: 500 });
  await sandbox.control('DELETE faults');
  expect((await sandbox.stripe.charges.list()).data).toEqual([]);
});

it('an error can be another than 500, and one that was refused unseen is not kept under its key', async () => {
  await using sandbox = await openSandbox();
  const { intentId } = await paySession(sandbox);
  await sandbox.control('POST faults', { kind: 'error_before', status: 429 });
  const capture = () => sandbox.stripe.paymentIntents.capture(intentId, {}, { idempotencyKey: 'capture-1' });
  expect(await refusal(capture())).toMatchObject({ type: 'StripeRateLimitError', statusCode: 429 });
  expect(await capture()).toMatchObject({ status: 'succeeded' });
});

it('faults of chance are the same for the same seed', async () => {
  const failures = async (seed: number) => {
    await using sandbox = await openSandbox();
    await sandbox.control('POST faults', { kind: 'error_before', probability: 0.3, seed });
    const outcomes: boolean[] = [];
    for (let round = 0; round < 60; round += 1) {
      outcomes.push(
        await sandbox.stripe.charges.list().then(
          () => false,
          () => true,
        ),
      );
    }
    return outcomes;
  };
  const [first, again, other] = await Promise.all([failures(7), failures(7), failures(8)]);
  expect(again).toEqual(first);
  expect(other).not.toEqual(first);
  expect(first.filter(Boolean).length).toBeGreaterThan(8);
  expect(first.filter(Boolean).length).toBeLessThan(30);
});

it('an order the sandbox does not understand is refused', async () => {
  await using sandbox = await openSandbox();
  await expect(sandbox.control('POST faults', { kind: 'explode' })).rejects.toThrow('400');
  await expect(sandbox.control('POST faults', { kind: 'drop_before', path: '(' })).rejects.toThrow('400');
  await expect(sandbox.control('POST nonsense')).rejects.toThrow('404');
});
