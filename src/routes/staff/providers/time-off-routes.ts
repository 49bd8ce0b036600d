import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../../context.ts';
import { staffOf } from '../../../http/caller.ts';
import { catalogueCode, slug, text } from '../../../http/contract/fields.ts';
import { operation } from '../../../http/contract/operation.ts';
import { pageOf, pageQuery, slicePage } from '../../../http/contract/paging.ts';
import { contextOf } from '../../../http/request-context.ts';
import { createTimeOff } from '../../../services/schedule/create-time-off.ts';
import { deleteTimeOff } from '../../../services/schedule/delete-time-off.ts';
import { listTimeOff } from '../../../services/schedule/list-time-off.ts';
import { exampleStranded, exampleTimeOff, strandedAppointments, timeOffView } from '../../views/catalogue/provider.ts';

const params = z.object({ slug, provider: catalogueCode });
const time = z.string().max(40).describe('With an offset, or without one as wall time at the property.');

const list = operation({
  summary: 'The time off of a provider that is not over',
  tag: 'Staff: providers',
  permission: 'catalogue.read',
  params,
  query: z.strictObject(pageQuery),
  answers: { 200: pageOf(timeOffView).meta({ examples: [{ items: [exampleTimeOff], nextCursor: null }] }) },
});

const create = operation({
  summary: 'Takes a provider’s time off sale',
  description: 'Whatever the hours say. Bookings in it stay and are listed, with `Prefer: dry-run` before it is so.',
  tag: 'Staff: providers',
  permission: 'catalogue.write',
  params,
  body: z
    .strictObject({ startsAt: time, endsAt: time, reason: text(200).optional().describe('For staff only.') })
    .meta({
      examples: [{ startsAt: '2027-05-14T12:00', endsAt: '2027-05-14T15:00', reason: 'The grill is serviced' }],
    }),
  answers: {
    201: timeOffView
      .extend({ strandedAppointments })
      .meta({ examples: [{ ...exampleTimeOff, strandedAppointments: exampleStranded }] }),
  },
  errors: ['local_time_skipped', 'local_time_ambiguous', 'past_time'],
  isIdempotent: true,
});

const remove = operation({
  summary: 'Puts a provider’s time off back on sale',
  tag: 'Staff: providers',
  permission: 'catalogue.write',
  params: params.extend({ id: z.uuid() }),
  body: z.strictObject({}).meta({ examples: [{}] }),
  answers: { 200: timeOffView.meta({ examples: [exampleTimeOff] }) },
  isIdempotent: true,
});

export const staffTimeOffRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/providers/:provider/time-off', list, async (request) => {
      const input = { propertyId: staffOf(request).propertyId, code: request.params.provider };
      return slicePage(await listTimeOff(contextOf(ctx, request), input), request.query);
    });

    app.post('/providers/:provider/time-off', create, async (request, reply) => {
      const { propertyId, actor } = staffOf(request);
      const { reason = null, ...times } = request.body;
      const input = { propertyId, actor, code: request.params.provider, ...times, reason };
      reply.code(201);
      const { strandedAppointments: stranded, ...timeOff } = await createTimeOff(contextOf(ctx, request), input);
      return { ...timeOff, strandedAppointments: [...stranded] };
    });

    app.delete('/providers/:provider/time-off/:id', remove, async (request) => {
      const { propertyId, actor } = staffOf(request);
      const { provider: code, id } = request.params;
      return deleteTimeOff(contextOf(ctx, request), { propertyId, actor, code, id });
    });
  };
