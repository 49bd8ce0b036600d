import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../../context.ts';
import { staffOf } from '../../../http/caller.ts';
import { catalogueCode, minorUnits, slug, text } from '../../../http/contract/fields.ts';
import { operation } from '../../../http/contract/operation.ts';
import { pageOf, pageQuery, slicePage } from '../../../http/contract/paging.ts';
import { contextOf } from '../../../http/request-context.ts';
import { changeZone } from '../../../services/zone/change-zone.ts';
import { createZone } from '../../../services/zone/create-zone.ts';
import { listZones } from '../../../services/zone/list-zones.ts';
import { dropAbsent } from '../../fields/drop-absent.ts';
import { viewZone, zoneView } from '../../views/catalogue/zone.ts';

const params = z.object({ slug });
const MAX_PREFIXES = 1_000;

const postalCodes = z
  .array(
    z.string().regex(/^[A-Z0-9](?:[A-Z0-9 -]{0,10}[A-Z0-9])?$/, 'must be the beginning of a postal code, in capitals'),
  )
  .max(MAX_PREFIXES)
  .superRefine((prefixes, context) => {
    const index = prefixes.findIndex((prefix, at) => prefixes.indexOf(prefix) < at);
    if (index !== -1) context.addIssue({ code: 'custom', path: [index], message: 'is in the list already' });
  })
  .describe('Beginnings of the postal codes that are in it.');

const fields = z.strictObject({
  name: text(100),
  postalCodes,
  fee: minorUnits.describe('What the way there costs.'),
  isActive: z.boolean(),
});

const list = operation({
  summary: 'All zones, also those no longer travelled to',
  tag: 'Staff: services',
  permission: 'catalogue.read',
  params,
  query: z.strictObject(pageQuery),
  answers: {
    200: pageOf(zoneView).meta({ examples: [{ items: zoneView.meta()?.['examples'], nextCursor: null }] }),
  },
});

const create = operation({
  summary: 'Adds a zone that services are brought to',
  tag: 'Staff: services',
  permission: 'catalogue.write',
  params,
  body: fields
    .extend({ code: catalogueCode, postalCodes: postalCodes.default([]), isActive: z.boolean().default(true) })
    .meta({ examples: [{ code: 'B', name: 'North Bay', postalCodes: ['945', '949'], fee: 3500 }] }),
  answers: { 201: zoneView },
  errors: ['already_exists'],
  isIdempotent: true,
});

const change = operation({
  summary: 'Changes a zone',
  description: 'Bookings keep the price they were made at.',
  tag: 'Staff: services',
  permission: 'catalogue.write',
  params: params.extend({ zone: catalogueCode }),
  body: fields.partial().meta({ examples: [{ fee: 4000 }] }),
  answers: { 200: zoneView },
  isIdempotent: true,
});

export const staffZoneRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/zones', list, async (request) => {
      const zones = await listZones(contextOf(ctx, request), staffOf(request).propertyId);
      return slicePage(zones.map(viewZone), request.query);
    });

    app.post('/zones', create, async (request, reply) => {
      const { propertyId, actor } = staffOf(request);
      reply.code(201);
      return viewZone(await createZone(contextOf(ctx, request), { ...request.body, propertyId, actor }));
    });

    app.patch('/zones/:zone', change, async (request) => {
      const { propertyId, actor } = staffOf(request);
      const input = { propertyId, actor, code: request.params.zone, changes: dropAbsent(request.body) };
      return viewZone(await changeZone(contextOf(ctx, request), input));
    });
  };
