import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import { operation } from '../../http/contract/operation.ts';

const answer = z.object({ status: z.literal('ok') }).meta({ examples: [{ status: 'ok' }] });
const alive = operation({ summary: 'The process is alive', tag: 'Operations', answers: { 200: answer } });
const ready = operation({
  summary: 'Migrations are done, workers run and the database answers',
  tag: 'Operations',
  answers: { 200: answer },
});

/** For load balancers and orchestrators. */
export const healthRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/healthz', alive, async () => ({ status: 'ok' as const }));
    app.get('/readyz', ready, async () => {
      if (!ctx.isReady()) throw new AppError('overloaded', { detail: 'Starting or stopping.', retryAfterSeconds: 1 });
      await ctx.db.$queryRaw`SELECT 1 AS ok`;
      return { status: 'ok' as const };
    });
  };
