import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { operation } from '../../http/contract/operation.ts';
import { contextOf } from '../../http/request-context.ts';
import { checkInvariants } from '../../services/ops/check-invariants.ts';

const report = operation({
  summary: 'Everything that must never be, counted',
  description: 'For platform administrators. `total` is zero unless something is broken.',
  tag: 'Operations',
  answers: {
    200: z
      .object({
        total: z.int(),
        invariants: z.array(z.object({ name: z.string(), count: z.int(), offenders: z.array(z.string()) })),
      })
      .meta({ examples: [{ total: 0, invariants: [{ name: 'oversold_nights', count: 0, offenders: [] }] }] }),
  },
  needsLogin: true,
});

export const invariantRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/invariants', report, async (request) => {
      const invariants = await checkInvariants(contextOf(ctx, request));
      return {
        total: invariants.reduce((sum, { count }) => sum + count, 0),
        invariants: invariants.map(({ name, count, offenders }) => ({ name, count, offenders: [...offenders] })),
      };
    });
  };
