import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../../context.ts';
import { staffOf } from '../../../http/access/caller.ts';
import { catalogueCode, slug, text } from '../../../http/contract/fields.ts';
import { operation } from '../../../http/contract/operation.ts';
import { pageOf, pageQuery, slicePage } from '../../../http/contract/paging.ts';
import { createTimeOff } from '../../../services/catalogue/provider/schedule/create-time-off.ts';
import { deleteTimeOff } from '../../../services/catalogue/provider/schedule/delete-time-off.ts';
import { listTimeOff } from '../../../services/catalogue/provider/schedule/list-time-off.ts';
import {
  exampleDisplaced,
  exampleTimeOff,
  strandedAppointments,
  timeOffView,
} from '../../shapes/views/catalogue/provider.ts';

const params = z.object({ slug, provider: catalogueCode });
const time = z.string().max(40).describe('An instant with offset, or wall time at the property.');

const list = operation({
  id: 'listTimeOff',
  summary: 'Lists a provider’s current and future time off',
  tag: 'Staff: providers',
  permission: 'catalogue.read',
  params,
  query: z.strictObject(pageQuery),
  answers: { 200: pageOf(timeOffView).meta({ examples: [{ items: [exampleTimeOff], nextCursor: null }] }) },
});

const create = operation({
  id: 'createTimeOff',
  summary: 'Adds time off for a provider',
  description:
    'Overrides the working hours. Bookings within the time off stay and are listed. `Prefer: dry-run` lists the bookings without a change.',
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
      .meta({ examples: [{ ...exampleTimeOff, strandedAppointments: exampleDisplaced }] }),
  },
  errors: ['local_time_skipped', 'local_time_ambiguous', 'past_time'],
  isIdempotent: true,
});

const remove = operation({
  id: 'deleteTimeOff',
  summary: 'Deletes time off of a provider',
  tag: 'Staff: providers',
  permission: 'catalogue.write',
  params: params.extend({ id: z.uuid() }),
  body: z.strictObject({}).meta({ examples: [{}] }),
  answers: { 200: timeOffView.meta({ examples: [exampleTimeOff] }) },
  isIdempotent: true,
});

export const staffTimeOffRoutes =
  (_ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/providers/:provider/time-off', list, async (request) => {
      const input = { propertyId: staffOf(request).propertyId, code: request.params.provider };
      return slicePage(await listTimeOff(request.ctx, input), request.query);
    });

    app.post('/providers/:provider/time-off', create, async (request, reply) => {
      const { propertyId } = staffOf(request);
      const { reason = null, ...times } = request.body;
      const input = { propertyId, code: request.params.provider, ...times, reason };
      reply.code(201);
      const { strandedAppointments: displaced, ...timeOff } = await createTimeOff(request.ctx, input);
      return { ...timeOff, strandedAppointments: [...displaced] };
    });

    app.delete('/providers/:provider/time-off/:id', remove, async (request) => {
      const { propertyId } = staffOf(request);
      const { provider: code, id } = request.params;
      return deleteTimeOff(request.ctx, { propertyId, code, id });
    });
  };
