import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Context } from '../../../context.ts';
import { announceSuccessors, supersededBy } from '../../../http/contract/deprecation.ts';
import { operation } from '../../../http/contract/operation.ts';
import { STRIPE_INBOX, receiveStripeEvents } from '../../webhooks/receive-stripe-events.ts';

const receive = supersededBy(
  '/api/v1/webhooks/stripe',
  operation({
    id: 'hotelmateReceiveStripeEvent',
    summary: 'Receives an event from Stripe',
    description: 'Shares the inbox of POST /webhooks/stripe: an event received on both paths is stored once.',
    tag: 'HotelMate',
    ...STRIPE_INBOX,
  }),
);

export const hotelmateWebhookRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    announceSuccessors(app);
    app.post('/stripe-webhook', receive, receiveStripeEvents(app, ctx));
  };
