import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { GATEWAY_BUDGET_MS } from '../../domain/ports/gateway.ts';
import { countDays } from '../../domain/time/calendar.ts';
import { staffOf } from '../../http/access/caller.ts';
import { plainDate, slug } from '../../http/contract/fields.ts';
import { operation } from '../../http/contract/operation.ts';
import { NO_RETRIES } from '../../services/money/reconciliation/movements/query-gateway.ts';
import { reconcileProperty } from '../../services/money/reconciliation/reconcile-property.ts';
import {
  CSV_TYPE,
  reconciliationView,
  formatReconciliationCsv,
  viewReconciliation,
} from '../shapes/views/money/reconciliation.ts';

/** Longer ranges exceed the request timeout at the gateway; `npm run reconcile` has no limit. */
const MAX_DAYS = 31;

const reconciliation = operation({
  id: 'getReconciliation',
  summary: 'Compares ledger, payments and payment gateway, and lists every difference',
  description:
    'Dates are local to the property, inclusive, at most 31 days. The report reads the gateway’s account, which takes ' +
    'seconds, and fails when the gateway does not respond in time. `format=csv` returns `text/csv`, one line per difference.',
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
  (_ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/reports/reconciliation', reconciliation, async (request, reply) => {
      const { propertyId } = staffOf(request);
      const { from, to, format } = request.query;
      const scoped = request.ctx;
      const gateway = scoped.gateway.withDeadline(performance.now() + GATEWAY_BUDGET_MS);
      const found = await reconcileProperty({ ...scoped, gateway }, { propertyId, from, to, retryPolicy: NO_RETRIES });
      if (format === 'json') return viewReconciliation(found);
      const name = `attachment; filename="reconciliation-${from}-${to}.csv"`;
      return reply
        .type(CSV_TYPE)
        .header('content-disposition', name)
        .serializer((text: unknown) => text as string)
        .send(formatReconciliationCsv(found));
    });
  };
