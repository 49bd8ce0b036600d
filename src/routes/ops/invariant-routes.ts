import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { operation } from '../../http/contract/operation.ts';
import { checkInvariantsInTime } from '../../services/platform/ops/check-invariants-in-time.ts';

const report = operation({
  id: 'checkInvariants',
  summary: 'Checks every invariant and counts violations',
  description:
    'For platform administrators. `total` is 0 when all invariants hold, and null when some checks exceeded the time ' +
    'limit of seconds: `unfinished` names these checks. `npm run invariants` has minutes.',
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
  (_ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/invariants', report, async (request) => {
      const { results, unfinished } = await checkInvariantsInTime(request.ctx);
      const total = results.reduce((sum, { count }) => sum + count, 0);
      return {
        // Null instead of a partial sum, so that a monitor never reads unfinished checks as 0.
        total: unfinished.length > 0 ? null : total,
        invariants: results.map(({ name, count, offenders }) => ({ name, count, offenders: [...offenders] })),
        unfinished: [...unfinished],
      };
    });
  };
