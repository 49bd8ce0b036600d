import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { DISPUTE_STATUSES } from '../../domain/ports/gateway.ts';
import type { Context } from '../../context.ts';
import { staffOf } from '../../http/access/caller.ts';
import { slug } from '../../http/contract/fields.ts';
import { operation } from '../../http/contract/operation.ts';
import { pageOf, pageQuery, readCursor, encodeCursor } from '../../http/contract/paging.ts';
import { listDisputes } from '../../services/desk/list/list-disputes.ts';
import { listedDisputeView, viewListedDispute } from '../shapes/views/money/dispute.ts';

const list = operation({
  id: 'listDisputes',
  summary: 'Lists disputes, the latest first',
  description: 'Submit evidence in the gateway’s dashboard before the deadline.',
  tag: 'Staff: payments',
  permission: 'disputes.read',
  params: z.object({ slug }),
  query: z.strictObject({ status: z.enum(DISPUTE_STATUSES).optional(), ...pageQuery }),
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
      return { items: page.items.map(viewListedDispute), nextCursor: encodeCursor(page.next) };
    });
  };
