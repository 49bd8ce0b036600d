import fc from 'fast-check';
import { expect, it } from 'vitest';
import { listEventTypes, openSandbox, paySession, refusal } from '../../support/sandbox/stripe-sandbox.ts';
import { cases } from '../../support/tier/trials.ts';

it('a refund gives captured money back, and its events follow', async () => {
  await using sandbox = await openSandbox();
  const { intentId, chargeId } = await paySession(sandbox);
  await sandbox.stripe.paymentIntents.capture(intentId);
  const refund = await sandbox.stripe.refunds.create({
    payment_intent: intentId,
    amount: 4_000,
    reason: 'requested_by_customer',
    metadata: { refund: 'R-1' },
  });
  expect(refund).toMatchObject({
    object: 'refund',
    amount: 4_000,
    status: 'succeeded',
    charge: chargeId,
    payment_intent: intentId,
    reason: 'requested_by_customer',
    metadata: { refund: 'R-1' },
  });
  expect(await sandbox.stripe.charges.retrieve(chargeId)).toMatchObject({ amount_refunded: 4_000, refunded: false });
  expect((await listEventTypes(sandbox)).slice(-3)).toEqual(['refund.created', 'charge.refunded', 'refund.updated']);
  expect(await sandbox.stripe.refunds.retrieve(refund.id, { expand: ['charge'] })).toMatchObject({
    charge: { id: chargeId },
    destination_details: { card: { reference_status: 'available' } },
  });
});

it('a refund without an amount gives back what is left', async () => {
  await using sandbox = await openSandbox();
  const { intentId, chargeId } = await paySession(sandbox);
  await sandbox.stripe.paymentIntents.capture(intentId, { amount_to_capture: 6_000 });
  await sandbox.stripe.refunds.create({ charge: chargeId, amount: 1_000 });
  expect(await sandbox.stripe.refunds.create({ charge: chargeId })).toMatchObject({ amount: 5_000 });
  expect(await sandbox.stripe.charges.retrieve(chargeId)).toMatchObject({ refunded: true, amount_refunded: 10_000 });
  expect(await refusal(sandbox.stripe.refunds.create({ charge: chargeId }))).toMatchObject({
    statusCode: 400,
    code: 'charge_already_refunded',
  });
});

it('refunds of one charge never add up to more than was captured, whatever is asked in whatever order', async () => {
  await using sandbox = await openSandbox();
  const amounts = fc.array(fc.integer({ min: 1, max: 6_000 }), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 10_000 }), amounts, async (captured, asked) => {
      const { intentId, chargeId } = await paySession(sandbox);
      await sandbox.stripe.paymentIntents.capture(intentId, { amount_to_capture: captured });
      let given = 0;
      for (const amount of asked) {
        const result = await sandbox.stripe.refunds.create({ payment_intent: intentId, amount }).catch(String);
        const isRoom = given + amount <= captured;
        expect(typeof result === 'object').toBe(isRoom);
        if (isRoom) given += amount;
      }
      const charge = await sandbox.stripe.charges.retrieve(chargeId);
      expect(charge.amount_refunded).toBe(10_000 - captured + given);
      expect(charge.refunded).toBe(given === captured);
      const { data } = await sandbox.stripe.refunds.list({ charge: chargeId });
      expect(data.reduce((sum, refund) => sum + refund.amount, 0)).toBe(charge.amount_refunded);
    }),
    cases('limits', 40),
  );
});

it('of many refunds at once only as many succeed as there is money', async () => {
  await using sandbox = await openSandbox();
  const { intentId } = await paySession(sandbox);
  await sandbox.stripe.paymentIntents.capture(intentId);
  const refunds = await Promise.allSettled(
    Array.from({ length: 10 }, () => sandbox.stripe.refunds.create({ payment_intent: intentId, amount: 3_000 })),
  );
  expect(refunds.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
});

it('a refund of too much, of nothing, of what is unknown or not captured is refused', async () => {
  await using sandbox = await openSandbox();
  const { intentId, chargeId } = await paySession(sandbox);
  const { refunds } = sandbox.stripe;
  const code = 'payment_intent_unexpected_state';
  expect(await refusal(refunds.create({ payment_intent: intentId }))).toMatchObject({ code });
  expect(await refusal(refunds.create({ charge: chargeId }))).toMatchObject({ code });
  await sandbox.stripe.paymentIntents.capture(intentId);
  expect(await refusal(refunds.create({ charge: chargeId, amount: 10_001 }))).toMatchObject({
    code: 'amount_too_large',
    param: 'amount',
  });
  expect(await refusal(refunds.create({ charge: chargeId, amount: 0 }))).toMatchObject({ param: 'amount' });
  expect(await refusal(refunds.create({ payment_intent: 'pi_none' }))).toMatchObject({ code: 'resource_missing' });
  expect(await refusal(refunds.create({}))).toMatchObject({ code: 'parameter_missing' });
});

it('refunds are listed by intent and by charge', async () => {
  await using sandbox = await openSandbox();
  const one = await paySession(sandbox);
  const two = await paySession(sandbox);
  for (const { intentId } of [one, two]) await sandbox.stripe.paymentIntents.capture(intentId);
  const first = await sandbox.stripe.refunds.create({ payment_intent: one.intentId, amount: 1 });
  const second = await sandbox.stripe.refunds.create({ payment_intent: two.intentId, amount: 2 });
  const ids = async (params: object) => (await sandbox.stripe.refunds.list(params)).data.map(({ id }) => id);
  expect(await ids({})).toEqual([second.id, first.id]);
  expect(await ids({ payment_intent: one.intentId })).toEqual([first.id]);
  expect(await ids({ charge: two.chargeId })).toEqual([second.id]);
});

it('a refund the bank sends back makes its money refundable again', async () => {
  await using sandbox = await openSandbox();
  const { intentId, chargeId } = await paySession(sandbox);
  await sandbox.stripe.paymentIntents.capture(intentId);
  const refund = await sandbox.stripe.refunds.create({ payment_intent: intentId });
  await sandbox.control(`POST refunds/${refund.id}/fail`);
  expect(await sandbox.stripe.refunds.retrieve(refund.id)).toMatchObject({ status: 'failed' });
  expect(await sandbox.stripe.charges.retrieve(chargeId)).toMatchObject({ amount_refunded: 0, refunded: false });
  expect((await listEventTypes(sandbox)).slice(-3)).toEqual([
    'charge.refund.updated',
    'refund.updated',
    'refund.failed',
  ]);
  expect(await sandbox.stripe.refunds.create({ payment_intent: intentId })).toMatchObject({ amount: 10_000 });
});

it('a disputed charge is not refunded until the dispute is won', async () => {
  await using sandbox = await openSandbox();
  const { intentId, chargeId } = await paySession(sandbox);
  await expect(sandbox.control('POST disputes', { charge: chargeId })).rejects.toThrow('409');
  await sandbox.stripe.paymentIntents.capture(intentId);
  const dispute = await sandbox.control('POST disputes', { charge: chargeId });
  expect(dispute).toMatchObject({ status: 'needs_response', amount: 10_000, payment_intent: intentId });
  expect(await sandbox.stripe.charges.retrieve(chargeId)).toMatchObject({ disputed: true });
  expect(await refusal(sandbox.stripe.refunds.create({ charge: chargeId }))).toMatchObject({ code: 'charge_disputed' });
  await sandbox.control(`POST disputes/${dispute.id}/close`, { status: 'won' });
  expect(await sandbox.stripe.disputes.retrieve(dispute.id)).toMatchObject({ status: 'won' });
  expect((await sandbox.stripe.disputes.list({ charge: chargeId })).data).toHaveLength(1);
  expect(await sandbox.stripe.refunds.create({ charge: chargeId })).toMatchObject({ amount: 10_000 });
  expect(await listEventTypes(sandbox)).toEqual(
    expect.arrayContaining(['charge.dispute.created', 'charge.dispute.closed']),
  );
});

it('an inquiry moves no money until it becomes a dispute, and can be answered before', async () => {
  await using sandbox = await openSandbox();
  const { intentId, chargeId } = await paySession(sandbox);
  await sandbox.stripe.paymentIntents.capture(intentId);
  const { id } = await sandbox.control('POST disputes', { charge: chargeId, isInquiry: true });
  const see = async () => sandbox.stripe.disputes.retrieve(String(id));
  expect(await see()).toMatchObject({ status: 'warning_needs_response', balance_transactions: [] });
  await sandbox.control(`POST disputes/${String(id)}/answer`);
  expect(await see()).toMatchObject({ status: 'warning_under_review', balance_transactions: [] });
  await sandbox.control(`POST disputes/${String(id)}/escalate`);
  expect(await see()).toMatchObject({ status: 'needs_response', balance_transactions: [{ amount: -10_000 }] });
});
