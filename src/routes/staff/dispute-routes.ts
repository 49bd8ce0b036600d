import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { staffOf } from '../../http/caller.ts';
import { slug } from '../../http/contract/fields.ts';
import { operation } from '../../http/contract/operation.ts';
import { pageOf, pageQuery, readCursor, spellCursor } from '../../http/contract/paging.ts';
import { listDisputes } from '../../services/dispute/list-disputes.ts';
import { listedDisputeView, viewListedDispute } from '../views/money/dispute.ts';

const list = operation({
  summary: 'Charges that card holders dispute, the latest first',
  description: 'Answered with evidence in the gateway’s own dashboard, before its deadline.',
  tag: 'Staff: payments',
  permission: 'disputes.read',
  params: z.object({ slug }),
  query: z.strictObject({ status: z.enum(['OPEN', 'WON', 'LOST']).optional(), ...pageQuery }),
  answers: {
    200: pageOf(listedDisputeView).meta({
      examples: [{ items: listedDisputeView.meta()?.['examples'], nextCursor: null }],
    }),
  },
});

export const staffDisputeRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/disputes', list, async (request) => {
      const { propertyId } = staffOf(request);
      const { status = null, limit, cursor } = request.query;
      const page = await listDisputes(ctx, { propertyId, status, limit, after: readCursor(cursor) });
      return { items: page.items.map(viewListedDispute), nextCursor: spellCursor(page.next) };
    });
  };
