import { timingSafeEqual } from 'node:crypto';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import { limitGuesses } from '../../http/limits/limits.ts';
import { hashToken } from '../../services/core/secrets/token.ts';
import { readGauges } from '../../services/platform/ops/read-gauges.ts';

/** Serves metrics for Prometheus. In production the route exists only with METRICS_TOKEN: the figures are confidential. */
export const metricsRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    const { METRICS_TOKEN: token, isProduction } = ctx.config;
    const countGuess = limitGuesses(ctx.config);

    app.get('/metrics', { schema: { hide: true } }, async (request, reply) => {
      if (token === undefined && isProduction) throw new AppError('not_found', { detail: 'There is no GET /metrics.' });
      if (token !== undefined && !isBearer(request.headers.authorization, token)) {
        await countGuess(request);
        throw new AppError('unauthorized', { detail: 'Send "Authorization: Bearer …".' });
      }
      const { contentType, body } = await ctx.metrics.render(await readGauges(ctx));
      return reply.type(contentType).send(body);
    });
  };

/** Compares hashes in constant time, so that timing reveals neither content nor length of the token. */
function isBearer(header: string | undefined, token: string): boolean {
  const given = /^Bearer (.+)$/i.exec(header ?? '')?.[1] ?? '';
  return timingSafeEqual(Buffer.from(hashToken(given)), Buffer.from(hashToken(token)));
}
