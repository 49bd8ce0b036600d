import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import type { WebhookEvent } from '../../db/client.ts';
import { staffOf } from '../../http/access/caller.ts';
import { bookingCode, slug } from '../../http/contract/fields.ts';
import { operation } from '../../http/contract/operation.ts';
import { pageOf } from '../../http/contract/paging.ts';
import { listWebhookEvents } from '../../services/desk/list/list-webhook-events.ts';
import { replayWebhook } from '../../services/money/gateway/webhook/replay-webhook.ts';

const params = z.object({ slug });
const STATES = ['RECEIVED', 'PROCESSED', 'FAILED'] as const;
const rowId = z.string().regex(/^[1-9]\d{0,17}$/, 'must be the id of a webhook event');

const exampleEvent = {
  id: '42',
  eventId: 'evt_…9f3a',
  type: 'checkout.session.completed',
  state: 'PROCESSED' as const,
  attempts: 1,
  lastError: null,
  occurredAt: '2027-05-01T09:02:00.000Z',
  receivedAt: '2027-05-01T09:02:01.000Z',
  processedAt: '2027-05-01T09:02:01.200Z',
};

const webhookEventView = z
  .object({
    id: z.string(),
    eventId: z.string(),
    type: z.string(),
    state: z.enum(STATES),
    attempts: z.int(),
    lastError: z.string().nullable(),
    occurredAt: z.string(),
    receivedAt: z.string(),
    processedAt: z.string().nullable(),
  })
  .meta({ examples: [exampleEvent] });

const list = operation({
  id: 'listWebhookEvents',
  summary: 'Lists the webhook events of the property',
  tag: 'Staff: payments',
  permission: 'webhooks.read',
  params,
  query: z.strictObject({
    bookingCode: bookingCode.optional(),
    state: z.enum(STATES).optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
    cursor: rowId.optional(),
  }),
  answers: { 200: pageOf(webhookEventView).meta({ examples: [{ items: [exampleEvent], nextCursor: null }] }) },
});

const replay = operation({
  id: 'replayWebhookEvent',
  summary: 'Processes a webhook event again',
  description: 'Idempotent: a processed event changes nothing.',
  tag: 'Staff: payments',
  permission: 'webhooks.replay',
  params: params.extend({ id: rowId }),
  answers: { 200: webhookEventView },
});

function viewWebhookEvent(event: WebhookEvent): z.output<typeof webhookEventView> {
  const { type, state, attempts, lastError } = event;
  return {
    id: String(event.id),
    eventId: event.eventId,
    type,
    state,
    attempts,
    lastError,
    occurredAt: event.occurredAt.toISOString(),
    receivedAt: event.receivedAt.toISOString(),
    processedAt: event.processedAt?.toISOString() ?? null,
  };
}

export const staffWebhookEventRoutes =
  (_ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/webhook-events', list, async (request) => {
      const { propertyId } = staffOf(request);
      const { bookingCode: code = null, state = null, limit, cursor } = request.query;
      const before = cursor === undefined ? null : BigInt(cursor);
      const page = await listWebhookEvents(request.ctx, {
        propertyId,
        bookingCode: code,
        state,
        before,
        limit,
      });
      return { items: page.items.map(viewWebhookEvent), nextCursor: page.next === null ? null : String(page.next) };
    });

    app.post('/webhook-events/:id/replay', replay, async (request) => {
      const { propertyId } = staffOf(request);
      return viewWebhookEvent(await replayWebhook(request.ctx, { propertyId, id: BigInt(request.params.id) }));
    });
  };
