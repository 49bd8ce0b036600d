import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import { operation } from '../../http/contract/operation.ts';

const answer = z.object({ status: z.literal('ok') }).meta({ examples: [{ status: 'ok' }] });
const alive = operation({
  id: 'checkLiveness',
  summary: 'Checks that the process is alive',
  tag: 'Operations',
  answers: { 200: answer },
});
const ready = operation({
  id: 'checkReadiness',
  summary: 'Checks that migrations are done, workers run and the database responds',
  tag: 'Operations',
  answers: { 200: answer },
});

/** Serves health checks for load balancers and orchestrators. */
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
