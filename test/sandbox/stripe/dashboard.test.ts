import { expect, it } from 'vitest';
import { listEventTypes, openSandbox, paySession } from '../../support/sandbox/stripe-sandbox.ts';

it('a capture in the dashboard takes what it says, and its events name no request', async () => {
  await using sandbox = await openSandbox();
  const { intentId, chargeId } = await paySession(sandbox);
  await expect(sandbox.control(`POST payment_intents/${intentId}/capture`, { amount: 10_001 })).rejects.toThrow('400');
  expect(await sandbox.control(`POST payment_intents/${intentId}/capture`, { amount: 6_000 })).toMatchObject({
    status: 'succeeded',
    amount_received: 6_000,
  });
  expect(await sandbox.stripe.charges.retrieve(chargeId)).toMatchObject({ captured: true, amount_captured: 6_000 });
  const { data } = await sandbox.stripe.events.list({ limit: 2 });
  expect(data.map(({ type, request }) => [type, request])).toEqual([
    ['payment_intent.succeeded', { id: null, idempotency_key: null }],
    ['charge.captured', { id: null, idempotency_key: null }],
  ]);
});

it('a hold is let go in the dashboard', async () => {
  await using sandbox = await openSandbox();
  const { intentId } = await paySession(sandbox);
  expect(await sandbox.control(`POST payment_intents/${intentId}/cancel`)).toMatchObject({ status: 'canceled' });
  await expect(sandbox.control(`POST payment_intents/${intentId}/cancel`)).rejects.toThrow('400');
});

it('a refund in the dashboard has no metadata and the usual events', async () => {
  await using sandbox = await openSandbox();
  const { intentId } = await paySession(sandbox);
  await sandbox.control(`POST payment_intents/${intentId}/capture`);
  const refund = await sandbox.control('POST refunds', { payment_intent: intentId, amount: 2_500 });
  expect(await sandbox.stripe.refunds.retrieve(String(refund.id))).toMatchObject({
    amount: 2_500,
    status: 'succeeded',
    metadata: {},
  });
  expect((await listEventTypes(sandbox)).slice(-3)).toEqual(['refund.created', 'charge.refunded', 'refund.updated']);
  await expect(sandbox.control('POST refunds', { payment_intent: intentId, amount: 7_501 })).rejects.toThrow('400');
  expect(await sandbox.control('POST refunds', { payment_intent: intentId })).toMatchObject({ amount: 7_500 });
});

it('a refund under way is taken by the bank later, or not', async () => {
  await using sandbox = await openSandbox();
  const { intentId, chargeId } = await paySession(sandbox);
  await sandbox.stripe.paymentIntents.capture(intentId);
  const order = { payment_intent: intentId, amount: 100, status: 'pending' };
  const taken = await sandbox.control('POST refunds', order);
  const refused = await sandbox.control('POST refunds', order);
  expect([taken.status, refused.status]).toEqual(['pending', 'pending']);
  expect((await listEventTypes(sandbox)).at(-1)).toBe('charge.refunded');
  await sandbox.control(`POST refunds/${String(taken.id)}/succeed`);
  expect((await listEventTypes(sandbox)).slice(-2)).toEqual(['charge.refund.updated', 'refund.updated']);
  await sandbox.control(`POST refunds/${String(refused.id)}/fail`);
  expect(await sandbox.stripe.refunds.retrieve(String(taken.id))).toMatchObject({ status: 'succeeded' });
  expect(await sandbox.stripe.refunds.retrieve(String(refused.id))).toMatchObject({ status: 'failed' });
  expect(await sandbox.stripe.charges.retrieve(chargeId)).toMatchObject({ amount_refunded: 100 });
  await expect(sandbox.control(`POST refunds/${String(taken.id)}/succeed`)).rejects.toThrow('409');
  await expect(sandbox.control(`POST refunds/${String(refused.id)}/fail`)).rejects.toThrow('409');
});

it('what was let go cannot fail as a refund does', async () => {
  await using sandbox = await openSandbox();
  const partly = await paySession(sandbox);
  await sandbox.stripe.paymentIntents.capture(partly.intentId, { amount_to_capture: 1 });
  const voided = await paySession(sandbox);
  await sandbox.stripe.paymentIntents.cancel(voided.intentId);
  const { data } = await sandbox.stripe.refunds.list();
  expect(data).toHaveLength(2);
  for (const { id } of data) await expect(sandbox.control(`POST refunds/${id}/fail`)).rejects.toThrow('409');
});

it('a dispute tells of every step, and the money it moves', async () => {
  await using sandbox = await openSandbox();
  const { intentId, chargeId } = await paySession(sandbox);
  await sandbox.stripe.paymentIntents.capture(intentId);
  const { id } = await sandbox.control('POST disputes', { charge: chargeId, reason: 'product_not_received' });
  expect(await sandbox.control(`POST disputes/${String(id)}/answer`)).toMatchObject({ status: 'under_review' });
  await sandbox.control(`POST disputes/${String(id)}/close`, { status: 'won' });
  await expect(sandbox.control(`POST disputes/${String(id)}/close`, { status: 'lost' })).rejects.toThrow('409');
  await expect(sandbox.control(`POST disputes/${String(id)}/answer`)).rejects.toThrow('409');
  expect((await listEventTypes(sandbox)).slice(-5)).toEqual([
    'charge.dispute.created',
    'charge.dispute.funds_withdrawn',
    'charge.dispute.updated',
    'charge.dispute.closed',
    'charge.dispute.funds_reinstated',
  ]);
});

it('a dispute is about what was not refunded, or about an amount up to what was captured', async () => {
  await using sandbox = await openSandbox();
  const usual = await paySession(sandbox);
  await sandbox.stripe.paymentIntents.capture(usual.intentId, { amount_to_capture: 8_000 });
  await sandbox.stripe.refunds.create({ payment_intent: usual.intentId, amount: 1_000 });
  expect(await sandbox.control('POST disputes', { charge: usual.chargeId })).toMatchObject({ amount: 7_000 });

  const twice = await paySession(sandbox);
  await sandbox.stripe.paymentIntents.capture(twice.intentId, { amount_to_capture: 8_000 });
  await sandbox.stripe.refunds.create({ payment_intent: twice.intentId });
  const dispute = (order: object) => sandbox.control('POST disputes', { charge: twice.chargeId, ...order });
  await expect(dispute({})).rejects.toThrow('409');
  await expect(dispute({ amount: 8_001 })).rejects.toThrow('409');
  expect(await dispute({ amount: 8_000 })).toMatchObject({ amount: 8_000 });
});
