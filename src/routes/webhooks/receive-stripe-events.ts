import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import type { ErrorCode } from '../../errors.ts';
import { countAgainst } from '../../http/limits/limits.ts';
import { ACTION_LIMITS } from '../../http/limits/rate-limits.ts';
import { receiveWebhook } from '../../services/money/gateway/webhook/receive-webhook.ts';

/** Responses and error codes of the inbox, shared by all paths. */
export const STRIPE_INBOX = {
  answers: { 200: z.object({ received: z.literal(true) }).meta({ examples: [{ received: true }] }) },
  errors: ['invalid_signature', 'payload_too_large', 'unsupported_media_type'] as const satisfies readonly ErrorCode[],
};

/**
 * Prepares a scope for Stripe's events and returns the handler, which stores each signed event once.
 *
 * The handler throws: invalid_signature; rate_limited after too many invalid signatures.
 */
export function receiveStripeEvents(
  app: FastifyInstance,
  ctx: Context,
): (request: FastifyRequest) => Promise<{ received: true }> {
  // Stripe signs the raw bytes, so the body is not parsed.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body);
  });
  const countForgery = (request: FastifyRequest) => countAgainst(request, ctx.config, ACTION_LIMITS.forgery);
  // Without a signature there is nothing to verify, and the body need not be received.
  app.addHook('onRequest', async (request) => {
    const isJson = request.headers['content-type']?.startsWith('application/json') === true;
    if (!isJson || request.headers['stripe-signature'] !== undefined) return;
    await countForgery(request);
    throw new AppError('invalid_signature');
  });
  return async (request) => {
    const signature = request.headers['stripe-signature'];
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const event = typeof signature === 'string' ? ctx.gateway.readEvent(body, signature) : null;
    if (event === null) {
      await countForgery(request);
      throw new AppError('invalid_signature');
    }
    await receiveWebhook(request.ctx, event);
    return { received: true };
  };
}
