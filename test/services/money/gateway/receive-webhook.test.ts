import { afterAll, beforeAll, expect, test } from 'vitest';
import type { GatewayEvent } from '../../../../src/domain/ports/gateway.ts';
import { receiveWebhook } from '../../../../src/services/money/gateway/webhook/receive-webhook.ts';
import { startTestApp } from '../../../support/server/app.ts';
import type { TestApp } from '../../../support/server/app.ts';

let t: TestApp;
beforeAll(async () => {
  t = await startTestApp();
});
afterAll(() => t.close());

const eventOf = (over: Partial<GatewayEvent>): GatewayEvent => ({
  id: `evt_${crypto.randomUUID()}`,
  type: 'charge.dispute.created',
  occurredAt: '2026-11-20T12:00:00.000Z',
  sessionId: null,
  intentId: null,
  chargeId: null,
  disputeId: null,
  paymentId: null,
  ...over,
});

test('an event is stored once, with every id it is about', async () => {
  const event = eventOf({ intentId: 'pi_1', chargeId: 'ch_1', disputeId: 'du_1' });
  expect(await receiveWebhook(t.ctx, event)).toBe(true);
  expect(await receiveWebhook(t.ctx, event)).toBe(false);
  expect(await t.ctx.db.webhookEvent.findUniqueOrThrow({ where: { eventId: event.id } })).toMatchObject({
    type: 'charge.dispute.created',
    state: 'RECEIVED',
    sessionId: null,
    intentId: 'pi_1',
    chargeId: 'ch_1',
    disputeId: 'du_1',
    paymentId: null,
    bookingId: null,
    propertyId: null,
  });
});

test('an event that is about no dispute names none', async () => {
  const event = eventOf({ type: 'refund.failed', intentId: 'pi_1', chargeId: 'ch_1' });
  await receiveWebhook(t.ctx, event);
  expect(await t.ctx.db.webhookEvent.findUniqueOrThrow({ where: { eventId: event.id } })).toMatchObject({
    disputeId: null,
    intentId: 'pi_1',
  });
});
