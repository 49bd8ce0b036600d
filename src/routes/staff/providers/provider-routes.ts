import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../../context.ts';
import { staffOf } from '../../../http/access/caller.ts';
import { catalogueCode, name, slug } from '../../../http/contract/fields.ts';
import { operation } from '../../../http/contract/operation.ts';
import { pageOf, pageQuery, slicePage } from '../../../http/contract/paging.ts';
import { changeProvider } from '../../../services/catalogue/provider/change-provider.ts';
import { createProvider } from '../../../services/catalogue/provider/create-provider.ts';
import { listProviders } from '../../../services/catalogue/provider/list-providers.ts';
import { catalogueCodes } from '../../shapes/fields/catalogue-codes.ts';
import { dropAbsent } from '../../shapes/fields/drop-absent.ts';
import {
  exampleProvider,
  exampleDisplaced,
  providerView,
  strandedAppointments,
  viewProvider,
} from '../../shapes/views/catalogue/provider.ts';

const params = z.object({ slug });

const fields = z.strictObject({
  name: name(100),
  isActive: z.boolean(),
  services: catalogueCodes.describe('Codes of the services.'),
});

const list = operation({
  id: 'listProviders',
  summary: 'Lists providers, inactive providers included',
  description: 'A provider serves one appointment at a time: a person, a chef, a station.',
  tag: 'Staff: providers',
  permission: 'catalogue.read',
  params,
  query: z.strictObject(pageQuery),
  answers: { 200: pageOf(providerView).meta({ examples: [{ items: [exampleProvider], nextCursor: null }] }) },
});

const create = operation({
  id: 'createProvider',
  summary: 'Adds a provider without working hours',
  tag: 'Staff: providers',
  permission: 'catalogue.write',
  params,
  body: fields
    .extend({
      code: catalogueCode,
      isActive: z.boolean().default(true),
      services: fields.shape.services.default([]),
    })
    .meta({ examples: [{ code: 'STATION-4', name: 'Station 4', services: ['HIBACHI'] }] }),
  answers: { 201: providerView.meta({ examples: [exampleProvider] }) },
  errors: ['already_exists'],
  isIdempotent: true,
});

const change = operation({
  id: 'updateProvider',
  summary: 'Changes a provider',
  description: 'Existing bookings stay. `services` replaces the whole list.',
  tag: 'Staff: providers',
  permission: 'catalogue.write',
  params: params.extend({ provider: catalogueCode }),
  body: fields.partial().meta({ examples: [{ isActive: false }] }),
  answers: {
    200: providerView
      .extend({ strandedAppointments })
      .meta({ examples: [{ ...exampleProvider, isActive: false, strandedAppointments: exampleDisplaced }] }),
  },
  isIdempotent: true,
});

export const staffProviderRoutes =
  (_ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/providers', list, async (request) => {
      const providers = await listProviders(request.ctx, staffOf(request).propertyId);
      return slicePage(providers.map(viewProvider), request.query);
    });

    app.post('/providers', create, async (request, reply) => {
      const { propertyId } = staffOf(request);
      reply.code(201);
      return viewProvider(await createProvider(request.ctx, { ...request.body, propertyId }));
    });

    app.patch('/providers/:provider', change, async (request) => {
      const { propertyId } = staffOf(request);
      const input = { propertyId, code: request.params.provider, changes: dropAbsent(request.body) };
      const { strandedAppointments: displaced, ...provider } = await changeProvider(request.ctx, input);
      return { ...viewProvider(provider), strandedAppointments: [...displaced] };
    });
  };
