import fc from 'fast-check';
import Stripe from 'stripe';
import { expect, it } from 'vitest';
import type { GatewayEvent } from '../../../src/domain/ports/gateway.ts';
import { done, GATEWAY_SECRET, holdFor, openGateway } from '../../support/sandbox/stripe-gateway.ts';
import { cases } from '../../support/tier/trials.ts';

const DAY = 24 * 3600;

it('a refund is found again by our id, and says which payment it is of', async () => {
  await using t = await openGateway();
  const { intentId } = await holdFor(t.sandbox, 'payment-1');
  await done(t.gateway.capture({ intentId, amount: 10_000, currency: 'USD' }, 'capture-1'));
  const intent = await done(
    t.gateway.refund({ intentId, amount: 4_000, currency: 'USD', refundId: 'refund-1' }, 'key-1'),
  );
  expect(intent).toMatchObject({
    status: 'succeeded',
    amountCaptured: 10_000,
    amountRefunded: 4_000,
    refunds: [{ amount: 4_000, status: 'DONE', refundId: 'refund-1' }],
    paymentId: 'payment-1',
  });
  expect(await done(t.gateway.getIntent(intentId))).toEqual(intent);
  const { data } = await t.sandbox.stripe.refunds.list();
  expect(data).toMatchObject([{ metadata: { refund_id: 'refund-1', payment_id: 'payment-1' } }]);
});

it('the same refund with the same key is made once', async () => {
  await using t = await openGateway();
  const { intentId } = await holdFor(t.sandbox, 'payment-1');
  await done(t.gateway.capture({ intentId, amount: 10_000, currency: 'USD' }, 'capture-1'));
  const refund = () => t.gateway.refund({ intentId, amount: 4_000, currency: 'USD', refundId: 'refund-1' }, 'key-1');
  const first = await done(refund());
  expect(await done(refund())).toEqual(first);
  expect(first.refunds).toHaveLength(1);
});

it('a refund whose answer is lost is seen by its id', async () => {
  await using t = await openGateway();
  const { intentId } = await holdFor(t.sandbox, 'payment-1');
  await done(t.gateway.capture({ intentId, amount: 10_000, currency: 'USD' }, 'capture-1'));
  await t.sandbox.control('POST faults', { kind: 'drop_after', method: 'POST', path: '/refunds$', times: 2 });
  const lost = await t.gateway.refund({ intentId, amount: 4_000, currency: 'USD', refundId: 'refund-1' }, 'key-1');
  expect(lost).toMatchObject({ kind: 'UNKNOWN', isFinal: false });
  expect((await done(t.gateway.getIntent(intentId))).refunds).toMatchObject([{ refundId: 'refund-1', status: 'DONE' }]);
});

it('a refund in the dashboard is one that is not ours', async () => {
  await using t = await openGateway();
  const { intentId } = await holdFor(t.sandbox, 'payment-1');
  await t.sandbox.control(`POST payment_intents/${intentId}/capture`, { amount: 8_000 });
  await t.sandbox.control('POST refunds', { payment_intent: intentId, amount: 2_000 });
  expect(await done(t.gateway.getIntent(intentId))).toMatchObject({
    amountCaptured: 8_000,
    amountRefunded: 2_000,
    refunds: [{ amount: 2_000, status: 'DONE', refundId: null }],
  });
});

it('a refund that failed is told, and counts no more, even when it was the only one', async () => {
  await using t = await openGateway();
  const { intentId } = await holdFor(t.sandbox, 'payment-1');
  await done(t.gateway.capture({ intentId, amount: 10_000, currency: 'USD' }, 'capture-1'));
  const [refund] = (
    await done(t.gateway.refund({ intentId, amount: 4_000, currency: 'USD', refundId: 'refund-1' }, 'key-1'))
  ).refunds;
  await t.sandbox.control(`POST refunds/${String(refund?.id)}/fail`);
  expect(await done(t.gateway.getIntent(intentId))).toMatchObject({
    amountRefunded: 0,
    refunds: [{ id: refund?.id, amount: 4_000, status: 'FAILED', refundId: 'refund-1' }],
  });
  const again = await done(
    t.gateway.refund({ intentId, amount: 4_000, currency: 'USD', refundId: 'refund-2' }, 'key-2'),
  );
  expect(again).toMatchObject({
    amountRefunded: 4_000,
    refunds: [
      { refundId: 'refund-2', status: 'DONE' },
      { refundId: 'refund-1', status: 'FAILED' },
    ],
  });
});

it('a refund under way counts', async () => {
  await using t = await openGateway();
  const { intentId } = await holdFor(t.sandbox, 'payment-1');
  await done(t.gateway.capture({ intentId, amount: 10_000, currency: 'USD' }, 'capture-1'));
  await t.sandbox.control('POST refunds', { payment_intent: intentId, amount: 100, status: 'pending' });
  expect(await done(t.gateway.getIntent(intentId))).toMatchObject({
    amountRefunded: 100,
    refunds: [{ status: 'PENDING' }],
  });
});

it('what was held and let go is no refund, whatever was captured and refunded besides', async () => {
  await using t = await openGateway();
  const parts = fc.array(fc.integer({ min: 1, max: 4_000 }), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 10_000 }), parts, async (captured, asked) => {
      const { intentId } = await holdFor(t.sandbox, 'payment-1');
      await done(t.gateway.capture({ intentId, amount: captured, currency: 'USD' }, `capture-${intentId}`));
      // The same amount as was let go, among others.
      const amounts = [10_000 - captured, ...asked].filter((amount) => amount > 0);
      const made: number[] = [];
      for (const amount of amounts) {
        if (made.reduce((sum, one) => sum + one, amount) > captured) continue;
        await t.sandbox.control('POST refunds', { payment_intent: intentId, amount });
        made.unshift(amount);
      }
      const intent = await done(t.gateway.getIntent(intentId));
      expect(intent.amountCaptured).toBe(captured);
      expect(intent.refunds.map(({ amount }) => amount)).toEqual(made);
      expect(intent.amountRefunded).toBe(made.reduce((sum, one) => sum + one, 0));
    }),
    cases('gateway', 25),
  );
});

it('a hold that is let go, or lapses, refunds nothing', async () => {
  await using t = await openGateway();
  const voided = await holdFor(t.sandbox, 'payment-1');
  const lapsed = await holdFor(t.sandbox, 'payment-2');
  const nothing = { status: 'canceled', amountCaptured: 0, amountRefunded: 0, refunds: [] };
  expect(await done(t.gateway.void(voided.intentId, 'void-1'))).toMatchObject(nothing);
  const { captureBefore, status } = await done(t.gateway.getIntent(lapsed.intentId));
  expect(status).toBe('requires_capture');
  const { now } = await t.sandbox.control('POST clock', { advanceSeconds: 7 * DAY - 60 });
  expect(Date.parse(captureBefore ?? '')).toBeGreaterThan(now * 1_000);
  await t.sandbox.control('POST clock', { advanceSeconds: 61 });
  expect(await done(t.gateway.getIntent(lapsed.intentId))).toMatchObject(nothing);
  expect(await t.gateway.capture({ intentId: lapsed.intentId, amount: 1, currency: 'USD' }, 'capture-1')).toMatchObject(
    {
      kind: 'REFUSED',
      code: 'payment_intent_unexpected_state',
    },
  );
});

it('more refunds than fit on a page are all told', async () => {
  await using t = await openGateway();
  const { intentId } = await holdFor(t.sandbox, 'payment-1');
  await done(t.gateway.capture({ intentId, amount: 9_000, currency: 'USD' }, 'capture-1'));
  for (let index = 0; index < 120; index += 1) {
    await t.sandbox.control('POST refunds', { payment_intent: intentId, amount: 10 });
  }
  const intent = await done(t.gateway.getIntent(intentId));
  expect(new Set(intent.refunds.map(({ id }) => id)).size).toBe(120);
  expect(intent.amountRefunded).toBe(1_200);
});

it('a dispute is open until it is won or lost', async () => {
  await using t = await openGateway();
  for (const [end, status] of [
    ['won', 'WON'],
    ['lost', 'LOST'],
  ] as const) {
    const { intentId, chargeId } = await holdFor(t.sandbox, 'payment-1');
    await done(t.gateway.capture({ intentId, amount: 10_000, currency: 'USD' }, `capture-${end}`));
    const { id } = await t.sandbox.control('POST disputes', { charge: chargeId, reason: 'duplicate' });
    const open = { id, intentId, amount: 10_000, currency: 'USD', reason: 'duplicate', status: 'OPEN' };
    expect(await done(t.gateway.getDispute(String(id)))).toEqual(open);
    await t.sandbox.control(`POST disputes/${String(id)}/answer`);
    expect(await done(t.gateway.getDispute(String(id)))).toEqual(open);
    await t.sandbox.control(`POST disputes/${String(id)}/close`, { status: end });
    expect(await done(t.gateway.getDispute(String(id)))).toEqual({ ...open, status });
  }
  expect(await t.gateway.getDispute('du_none')).toEqual({ kind: 'REFUSED', code: 'resource_missing' });
});

it('the disputes of a payment are listed, inquiries too, and no others', async () => {
  await using t = await openGateway();
  const [one, two, none] = [await holdFor(t.sandbox, 'p-1'), await holdFor(t.sandbox, 'p-2'), 'pi_none'];
  for (const { intentId } of [one, two]) {
    await done(t.gateway.capture({ intentId, amount: 10_000, currency: 'USD' }, `capture-${intentId}`));
  }
  const opened = await t.sandbox.control('POST disputes', { charge: one.chargeId, amount: 4_000 });
  const asked = await t.sandbox.control('POST disputes', { charge: two.chargeId, isInquiry: true });
  const list = async (id: string) => done(t.gateway.listDisputes(id));
  expect(await list(one.intentId)).toMatchObject([{ id: opened.id, amount: 4_000, status: 'OPEN' }]);
  expect(await list(two.intentId)).toMatchObject([{ id: asked.id, intentId: two.intentId, status: 'INQUIRY' }]);
  expect(await list(none)).toEqual([]);
});

it('events of disputes and refunds name the dispute, the charge and the intent', async () => {
  await using t = await openGateway();
  const { intentId, chargeId } = await holdFor(t.sandbox, 'payment-1');
  await done(t.gateway.capture({ intentId, amount: 10_000, currency: 'USD' }, 'capture-1'));
  const { refunds } = await done(
    t.gateway.refund({ intentId, amount: 1, currency: 'USD', refundId: 'refund-1' }, 'key-1'),
  );
  await t.sandbox.control(`POST refunds/${String(refunds[0]?.id)}/fail`);
  const dispute = await t.sandbox.control('POST disputes', { charge: chargeId });
  await t.sandbox.control(`POST disputes/${String(dispute.id)}/answer`);
  await t.sandbox.control(`POST disputes/${String(dispute.id)}/close`, { status: 'won' });
  const { webhooks } = t.sandbox.stripe;
  const { data } = await t.sandbox.stripe.events.list({ limit: 100 });
  const events = data.map((event): GatewayEvent | null => {
    const payload = JSON.stringify(event);
    const header = webhooks.generateTestHeaderString({ payload, secret: GATEWAY_SECRET });
    return t.gateway.readEvent(Buffer.from(payload), header);
  });
  const about = (noun: RegExp) => events.filter((event) => noun.test(event?.type ?? ''));
  const disputes = about(/^charge\.dispute\./);
  expect(disputes).toHaveLength(5);
  for (const event of disputes) {
    expect(event).toMatchObject({ disputeId: dispute.id, intentId, chargeId, paymentId: null });
  }
  const returned = about(/refund\./);
  expect(returned).toHaveLength(5);
  for (const event of returned) {
    expect(event).toMatchObject({ disputeId: null, intentId, chargeId, paymentId: 'payment-1' });
  }
});

it('an event that somebody else signed is none', async () => {
  await using t = await openGateway();
  const payload = JSON.stringify({ id: 'evt_1', object: 'event', type: 'refund.failed', created: 1, data: {} });
  const header = Stripe.webhooks.generateTestHeaderString({ payload, secret: 'whsec_other' });
  expect(t.gateway.readEvent(Buffer.from(payload), header)).toBeNull();
});
