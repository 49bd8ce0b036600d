import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import { countAgainst, RATE_LIMITS } from '../../http/limits/limits.ts';
import { operation } from '../../http/contract/operation.ts';
import { contextOf } from '../../http/request-context.ts';
import { receiveWebhook } from '../../services/webhook/receive-webhook.ts';

const receive = operation({
  summary: 'Takes an event from Stripe',
  description: 'Stored and answered at once; what it means is found out afterwards, by asking Stripe.',
  tag: 'Webhooks',
  answers: { 200: z.object({ received: z.literal(true) }).meta({ examples: [{ received: true }] }) },
  errors: ['invalid_signature', 'payload_too_large', 'unsupported_media_type'],
});

export const stripeWebhookRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    // The signature is over the bytes, so they are kept as they came.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
      done(null, body);
    });
    const countForgery = countAgainst(app, ctx.config, RATE_LIMITS.forgery);

    app.post('/stripe', receive, async (request) => {
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
