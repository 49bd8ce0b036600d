import { expect, it } from 'vitest';
import {
  listEventTypes,
  openSandbox,
  paySession,
  refusal,
  sessionParams,
} from '../../support/sandbox/stripe-sandbox.ts';
import { openReceiver } from '../../support/sandbox/webhook-receiver.ts';

const DAY = 24 * 3600;

it('a capture takes all that is held', async () => {
  await using sandbox = await openSandbox();
  const { sessionId, intentId, chargeId } = await paySession(sandbox);
  expect(await sandbox.stripe.paymentIntents.capture(intentId)).toMatchObject({
    status: 'succeeded',
    amount_capturable: 0,
    amount_received: 10_000,
  });
  expect(await sandbox.stripe.charges.retrieve(chargeId)).toMatchObject({
    captured: true,
    amount_captured: 10_000,
    amount_refunded: 0,
    refunded: false,
  });
  expect(await sandbox.stripe.checkout.sessions.retrieve(sessionId)).toMatchObject({ payment_status: 'paid' });
  expect((await listEventTypes(sandbox)).slice(-2)).toEqual(['charge.captured', 'payment_intent.succeeded']);
});

it('a smaller capture lets the rest go for good, which counts as refunded on the charge', async () => {
  await using sandbox = await openSandbox();
  const { intentId, chargeId } = await paySession(sandbox);
  const captured = await sandbox.stripe.paymentIntents.capture(intentId, {
    amount_to_capture: 7_000,
    metadata: { step: 'approved', booking: '' },
  });
  expect(captured).toMatchObject({ status: 'succeeded', amount_received: 7_000, metadata: { step: 'approved' } });
  expect(await sandbox.stripe.charges.retrieve(chargeId, { expand: ['refunds'] })).toMatchObject({
    captured: true,
    amount: 10_000,
    amount_captured: 7_000,
    amount_refunded: 3_000,
    refunded: false,
    refunds: { data: [{ amount: 3_000, reason: null }] },
  });
  expect(await listEventTypes(sandbox)).not.toContain('charge.refunded');
});

it.each([
  ['more than is held', { amount_to_capture: 10_001 }, 'amount_too_large'],
  ['nothing', { amount_to_capture: 0 }, 'parameter_invalid_integer'],
  ['with a parameter nobody knows', { amount: 5 }, 'parameter_unknown'],
])('a capture of %s is refused and changes nothing', async (_, params, code) => {
  await using sandbox = await openSandbox();
  const { intentId } = await paySession(sandbox);
  const error = await refusal(sandbox.stripe.paymentIntents.capture(intentId, params as never));
  expect(error).toMatchObject({ type: 'StripeInvalidRequestError', statusCode: 400, code });
  expect(await sandbox.stripe.paymentIntents.retrieve(intentId)).toMatchObject({ status: 'requires_capture' });
});

it('a second capture is refused with the intent as it is', async () => {
  await using sandbox = await openSandbox();
  const { intentId } = await paySession(sandbox);
  await sandbox.stripe.paymentIntents.capture(intentId, { amount_to_capture: 1 });
  expect(await refusal(sandbox.stripe.paymentIntents.capture(intentId, { amount_to_capture: 1 }))).toMatchObject({
    type: 'StripeInvalidRequestError',
    code: 'payment_intent_unexpected_state',
    payment_intent: { id: intentId, status: 'succeeded', amount_received: 1 },
  });
});

it('of many captures at once exactly one succeeds', async () => {
  await using sandbox = await openSandbox();
  const { intentId } = await paySession(sandbox);
  const captures = await Promise.allSettled(
    Array.from({ length: 20 }, () => sandbox.stripe.paymentIntents.capture(intentId)),
  );
  expect(captures.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

it('a cancel lets the money go, and then nothing can be captured, cancelled or refunded', async () => {
  await using sandbox = await openSandbox();
  const { intentId, chargeId } = await paySession(sandbox);
  const { paymentIntents, refunds, charges } = sandbox.stripe;
  expect(await paymentIntents.cancel(intentId, { cancellation_reason: 'abandoned' })).toMatchObject({
    status: 'canceled',
    amount_capturable: 0,
    cancellation_reason: 'abandoned',
  });
  expect(await charges.retrieve(chargeId)).toMatchObject({ captured: false, refunded: true, amount_refunded: 10_000 });
  expect((await listEventTypes(sandbox)).slice(-2)).toEqual(['charge.refunded', 'payment_intent.canceled']);
  const code = 'payment_intent_unexpected_state';
  expect(await refusal(paymentIntents.capture(intentId))).toMatchObject({ code });
  expect(await refusal(paymentIntents.cancel(intentId))).toMatchObject({ code });
  expect(await refusal(refunds.create({ payment_intent: intentId }))).toMatchObject({ code });
});

it("a Checkout's intent can be cancelled only while it holds money", async () => {
  await using sandbox = await openSandbox();
  const { intentId } = await paySession(sandbox);
  await sandbox.stripe.paymentIntents.capture(intentId);
  const code = 'payment_intent_unexpected_state';
  expect(await refusal(sandbox.stripe.paymentIntents.cancel(intentId))).toMatchObject({ code });

  const { id } = await sandbox.stripe.checkout.sessions.create(sessionParams());
  const { payment_intent } = await sandbox.control(`POST checkout/${id}/pay`, { card: 'declined' });
  expect(await refusal(sandbox.stripe.paymentIntents.cancel(payment_intent.id))).toMatchObject({
    code,
    message: expect.stringContaining('Expire the Checkout Session'),
  });
});

it('held money says until when, seven days by default', async () => {
  await using sandbox = await openSandbox();
  const { intentId } = await paySession(sandbox);
  const { latest_charge: charge } = await sandbox.stripe.paymentIntents.retrieve(intentId, {
    expand: ['latest_charge'],
  });
  if (charge === null || typeof charge === 'string') throw new Error('It was not expanded');
  expect(charge.payment_method_details?.card?.capture_before).toBe(charge.created + 7 * DAY);
});

it('held money lapses by the clock: intent cancelled, charge expired', async () => {
  await using sandbox = await openSandbox();
  const { intentId, chargeId } = await paySession(sandbox);
  await sandbox.control('POST clock', { advanceSeconds: 7 * DAY - 60 });
  expect(await sandbox.stripe.paymentIntents.retrieve(intentId)).toMatchObject({ status: 'requires_capture' });
  await sandbox.control('POST clock', { advanceSeconds: 61 });
  expect(await sandbox.stripe.paymentIntents.retrieve(intentId)).toMatchObject({
    status: 'canceled',
    cancellation_reason: 'automatic',
    amount_capturable: 0,
  });
  expect(await sandbox.stripe.charges.retrieve(chargeId, { expand: ['refunds'] })).toMatchObject({
    captured: false,
    refunded: true,
    refunds: { data: [{ reason: 'expired_uncaptured_charge' }] },
  });
  expect((await listEventTypes(sandbox)).slice(-2)).toEqual(['charge.expired', 'payment_intent.canceled']);
  expect(await refusal(sandbox.stripe.paymentIntents.capture(intentId))).toMatchObject({
    code: 'payment_intent_unexpected_state',
  });
});

it('captured money does not lapse', async () => {
  await using sandbox = await openSandbox();
  const { intentId } = await paySession(sandbox);
  await sandbox.stripe.paymentIntents.capture(intentId);
  await sandbox.control('POST clock', { advanceSeconds: 30 * DAY });
  expect(await sandbox.stripe.paymentIntents.retrieve(intentId)).toMatchObject({ status: 'succeeded' });
});

it('held money lapses by itself as real time passes, without anybody asking', async () => {
  await using receiver = await openReceiver();
  await using sandbox = await openSandbox({
    captureWindowSeconds: 1,
    webhookUrl: receiver.url,
    webhookSecret: receiver.secret,
  });
  const { intentId } = await paySession(sandbox);
  const canceled = await receiver.waitFor('payment_intent.canceled');
  expect(canceled.data.object).toMatchObject({ id: intentId, status: 'canceled' });
});

it('how long money is held can be set while it runs', async () => {
  await using sandbox = await openSandbox();
  expect(await sandbox.control('POST clock', { captureWindowSeconds: 60 })).toMatchObject({ captureWindowSeconds: 60 });
  const { chargeId } = await paySession(sandbox);
  const charge = await sandbox.stripe.charges.retrieve(chargeId);
  expect(charge.payment_method_details?.card?.capture_before).toBe(charge.created + 60);
});

it('intents and charges are listed', async () => {
  await using sandbox = await openSandbox();
  const one = await paySession(sandbox);
  const two = await paySession(sandbox);
  const intents = await sandbox.stripe.paymentIntents.list({ expand: ['data.latest_charge'] });
  expect(intents.data).toMatchObject([
    { id: two.intentId, latest_charge: { id: two.chargeId } },
    { id: one.intentId, latest_charge: { id: one.chargeId } },
  ]);
  const charges = await sandbox.stripe.charges.list({ payment_intent: one.intentId });
  expect(charges.data.map(({ id }) => id)).toEqual([one.chargeId]);
});
