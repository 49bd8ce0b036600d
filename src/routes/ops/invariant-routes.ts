import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { operation } from '../../http/contract/operation.ts';
import { contextOf } from '../../http/request-context.ts';
import { checkInvariantsSoon } from '../../services/ops/check-invariants-soon.ts';

const report = operation({
  summary: 'Everything that must never be, counted',
  description:
    'For platform administrators. `total` is zero unless something is broken, and null where not everything could be ' +
    'looked at within seconds: `unfinished` names what `npm run invariants` has to look at, which has minutes.',
  tag: 'Operations',
  answers: {
    200: z
      .object({
        total: z.int().nullable(),
        invariants: z.array(z.object({ name: z.string(), count: z.int(), offenders: z.array(z.string()) })),
        unfinished: z.array(z.string()),
      })
      .meta({
        examples: [{ total: 0, invariants: [{ name: 'oversold_nights', count: 0, offenders: [] }], unfinished: [] }],
      }),
  },
  needsLogin: true,
});

export const invariantRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/invariants', report, async (request) => {
      const { results, unfinished } = await checkInvariantsSoon(contextOf(ctx, request));
      const total = results.reduce((sum, { count }) => sum + count, 0);
      return {
        // Whoever asks only whether it is zero must not take what nobody looked at for whole.
        total: unfinished.length > 0 ? null : total,
        invariants: results.map(({ name, count, offenders }) => ({ name, count, offenders: [...offenders] })),
        unfinished: [...unfinished],
      };
    });
  };
