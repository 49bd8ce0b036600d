import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { GATEWAY_BUDGET_MS } from '../../domain/ports/gateway.ts';
import { countDays } from '../../domain/time/calendar.ts';
import { staffOf } from '../../http/caller.ts';
import { plainDate, slug } from '../../http/contract/fields.ts';
import { operation } from '../../http/contract/operation.ts';
import { contextOf } from '../../http/request-context.ts';
import { AT_ONCE } from '../../services/reconciliation/movements/ask-gateway.ts';
import { reconcileProperty } from '../../services/reconciliation/reconcile-property.ts';
import {
  CSV_TYPE,
  reconciliationView,
  spellReconciliation,
  viewReconciliation,
} from '../views/money/reconciliation.ts';

/** More takes longer to read from the gateway than a request may; `npm run reconcile` has no such limit. */
const MAX_DAYS = 31;

const reconciliation = operation({
  summary: 'Compares ledger, payments and the payment gateway, and names every difference',
  description:
    'Dates are the property’s, both included, 31 days at most. The gateway is asked for its own account, so this takes seconds; ' +
    'when it does not answer everything in time there is no report. `format=csv` answers `text/csv`, one line per difference.',
  tag: 'Staff: reports',
  permission: 'reports.read',
  params: z.object({ slug }),
  query: z
    .strictObject({ from: plainDate, to: plainDate, format: z.enum(['json', 'csv']).default('json') })
    .refine(({ from, to }) => from <= to, { path: ['to'], message: 'must not be before from' })
    .refine(({ from, to }) => countDays(from, to) < MAX_DAYS, { path: ['to'], message: 'must be within 31 days' }),
  answers: { 200: reconciliationView },
  errors: ['gateway_unavailable'],
});

export const staffReportRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/reports/reconciliation', reconciliation, async (request, reply) => {
      const { propertyId } = staffOf(request);
      const { from, to, format } = request.query;
      const scoped = contextOf(ctx, request);
      const gateway = scoped.gateway.until(performance.now() + GATEWAY_BUDGET_MS);
      const found = await reconcileProperty({ ...scoped, gateway }, { propertyId, from, to, patience: AT_ONCE });
      if (format === 'json') return viewReconciliation(found);
      const name = `attachment; filename="reconciliation-${from}-${to}.csv"`;
      return reply
        .type(CSV_TYPE)
        .header('content-disposition', name)
        .serializer((text: unknown) => text as string)
        .send(spellReconciliation(found));
    });
  };
