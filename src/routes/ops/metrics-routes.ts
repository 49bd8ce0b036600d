import { timingSafeEqual } from 'node:crypto';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import { limitGuesses } from '../../http/limits/limits.ts';
import { hashToken } from '../../services/secrets/token.ts';
import { readGauges } from '../../services/ops/read-gauges.ts';

/** For Prometheus. Figures of the business are nobody's, so in production they are not there without a token. */
export const metricsRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    const { METRICS_TOKEN: token, isProduction } = ctx.config;
    const countGuess = limitGuesses(app, ctx.config);

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

/** Compares hashes, so that neither content nor length of the token shows in the time it takes. */
function isBearer(header: string | undefined, token: string): boolean {
  const given = /^Bearer (.+)$/i.exec(header ?? '')?.[1] ?? '';
  return timingSafeEqual(Buffer.from(hashToken(given)), Buffer.from(hashToken(token)));
}
