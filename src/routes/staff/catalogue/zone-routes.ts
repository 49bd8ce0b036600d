import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../../context.ts';
import { staffOf } from '../../../http/access/caller.ts';
import { catalogueCode, minorUnits, name, slug } from '../../../http/contract/fields.ts';
import { operation } from '../../../http/contract/operation.ts';
import { pageOf, pageQuery, slicePage } from '../../../http/contract/paging.ts';
import { changeZone } from '../../../services/catalogue/zone/change-zone.ts';
import { createZone } from '../../../services/catalogue/zone/create-zone.ts';
import { listZones } from '../../../services/catalogue/zone/list-zones.ts';
import { dropAbsent } from '../../shapes/fields/drop-absent.ts';
import { viewZone, zoneView } from '../../shapes/views/catalogue/zone.ts';

const params = z.object({ slug });
const MAX_PREFIXES = 1_000;

const postalCodes = z
  .array(
    z.string().regex(/^[A-Z0-9](?:[A-Z0-9 -]{0,10}[A-Z0-9])?$/, 'must be the beginning of a postal code, in capitals'),
  )
  .max(MAX_PREFIXES)
  .superRefine((prefixes, context) => {
    const index = prefixes.findIndex((prefix, at) => prefixes.indexOf(prefix) < at);
    if (index !== -1) context.addIssue({ code: 'custom', path: [index], message: 'must not be repeated' });
  })
  .describe('Prefixes of the postal codes in the zone.');

const fields = z.strictObject({
  name: name(100),
  postalCodes,
  fee: minorUnits.describe('The travel fee.'),
  isActive: z.boolean(),
});

const list = operation({
  id: 'listZones',
  summary: 'Lists travel zones, inactive zones included',
  tag: 'Staff: services',
  permission: 'catalogue.read',
  params,
  query: z.strictObject(pageQuery),
  answers: {
    200: pageOf(zoneView).meta({ examples: [{ items: zoneView.meta()?.['examples'], nextCursor: null }] }),
  },
});

const create = operation({
  id: 'createZone',
  summary: 'Adds a travel zone',
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
  id: 'updateZone',
  summary: 'Changes a travel zone',
  description: 'Existing bookings keep their price.',
  tag: 'Staff: services',
  permission: 'catalogue.write',
  params: params.extend({ zone: catalogueCode }),
  body: fields.partial().meta({ examples: [{ fee: 4000 }] }),
  answers: { 200: zoneView },
  isIdempotent: true,
});

export const staffZoneRoutes =
  (_ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/zones', list, async (request) => {
      const zones = await listZones(request.ctx, staffOf(request).propertyId);
      return slicePage(zones.map(viewZone), request.query);
    });

    app.post('/zones', create, async (request, reply) => {
      const { propertyId } = staffOf(request);
      reply.code(201);
      return viewZone(await createZone(request.ctx, { ...request.body, propertyId }));
    });

    app.patch('/zones/:zone', change, async (request) => {
      const { propertyId } = staffOf(request);
      const input = { propertyId, code: request.params.zone, changes: dropAbsent(request.body) };
      return viewZone(await changeZone(request.ctx, input));
    });
  };
