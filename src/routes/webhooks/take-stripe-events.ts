import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import type { ErrorCode } from '../../errors.ts';
import { countAgainst, RATE_LIMITS } from '../../http/limits/limits.ts';
import { contextOf } from '../../http/request-context.ts';
import { receiveWebhook } from '../../services/webhook/receive-webhook.ts';

/** What the inbox answers and refuses with, on whatever path. */
export const STRIPE_INBOX = {
  answers: { 200: z.object({ received: z.literal(true) }).meta({ examples: [{ received: true }] }) },
  errors: ['invalid_signature', 'payload_too_large', 'unsupported_media_type'] as const satisfies readonly ErrorCode[],
};

/**
 * Lets a scope take Stripe's events, and answers the handler of the route that does: an event is stored, once, if its
 * signature is right. Throws: invalid_signature; rate_limited for who has sent too many of those.
 */
export function takeStripeEvents(
  app: FastifyInstance,
  ctx: Context,
): (request: FastifyRequest) => Promise<{ received: true }> {
  // The signature is over the bytes, so they are kept as they came.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body);
  });
  const countForgery = countAgainst(app, ctx.config, RATE_LIMITS.forgery);
  return async (request) => {
    const signature = request.headers['stripe-signature'];
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const event = typeof signature === 'string' ? ctx.gateway.readEvent(body, signature) : null;
    if (event === null) {
      await countForgery(request);
      throw new AppError('invalid_signature');
    }
    await receiveWebhook(contextOf(ctx, request), event);
    return { received: true };
  };
}
