import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Context } from '../../context.ts';
import { operation } from '../../http/contract/operation.ts';
import { STRIPE_INBOX, receiveStripeEvents } from './receive-stripe-events.ts';

const receive = operation({
  id: 'receiveStripeEvent',
  summary: 'Receives an event from Stripe',
  description: 'Stores the event and responds at once. Processing follows and reads the current state from Stripe.',
  tag: 'Webhooks',
  ...STRIPE_INBOX,
});

export const stripeWebhookRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.post('/stripe', receive, receiveStripeEvents(app, ctx));
  };
