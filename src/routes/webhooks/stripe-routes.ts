import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Context } from '../../context.ts';
import { operation } from '../../http/contract/operation.ts';
import { STRIPE_INBOX, takeStripeEvents } from './take-stripe-events.ts';

const receive = operation({
  summary: 'Takes an event from Stripe',
  description: 'Stored and answered at once; what it means is found out afterwards, by asking Stripe.',
  tag: 'Webhooks',
  ...STRIPE_INBOX,
});

export const stripeWebhookRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.post('/stripe', receive, takeStripeEvents(app, ctx));
  };
