import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Context } from '../../../context.ts';
import { announceSuccessors, supersededBy } from '../../../http/contract/deprecation.ts';
import { operation } from '../../../http/contract/operation.ts';
import { STRIPE_INBOX, takeStripeEvents } from '../../webhooks/take-stripe-events.ts';

const receive = supersededBy(
  '/api/v1/webhooks/stripe',
  operation({
    summary: 'Takes an event from Stripe',
    description: 'The same inbox as POST /webhooks/stripe: an event that comes on both paths is one event.',
    tag: 'HotelMate',
    ...STRIPE_INBOX,
  }),
);

export const hotelmateWebhookRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    announceSuccessors(app);
    app.post('/stripe-webhook', receive, takeStripeEvents(app, ctx));
  };
