import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../../context.ts';
import { AppError } from '../../../errors.ts';
import { announceSuccessors, supersededBy } from '../../../http/contract/deprecation.ts';
import { countAgainst, RATE_LIMITS } from '../../../http/limits/limits.ts';
import { operation } from '../../../http/contract/operation.ts';
import { contextOf } from '../../../http/request-context.ts';
import { receiveWebhook } from '../../../services/webhook/receive-webhook.ts';

const receive = supersededBy(
  '/api/v1/webhooks/stripe',
  operation({
    summary: 'Takes an event from Stripe',
    description: 'The same inbox as POST /webhooks/stripe: an event that comes on both paths is one event.',
    tag: 'HotelMate',
    answers: { 200: z.object({ received: z.literal(true) }).meta({ examples: [{ received: true }] }) },
    errors: ['invalid_signature', 'payload_too_large', 'unsupported_media_type'],
  }),
);

export const hotelmateWebhookRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    announceSuccessors(app);
    // The signature is over the bytes, so they are kept as they came.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
      done(null, body);
    });
    const countForgery = countAgainst(app, ctx.config, RATE_LIMITS.forgery);

    app.post('/stripe-webhook', receive, async (request) => {
      const signature = request.headers['stripe-signature'];
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const event = typeof signature === 'string' ? ctx.gateway.readEvent(body, signature) : null;
      if (event === null) {
        await countForgery(request);
        throw new AppError('invalid_signature');
      }
      await receiveWebhook(contextOf(ctx, request), event);
      return { received: true as const };
    });
  };
