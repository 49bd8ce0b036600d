import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../../context.ts';
import { staffOf } from '../../../http/caller.ts';
import { catalogueCode, slug, text } from '../../../http/contract/fields.ts';
import { operation } from '../../../http/contract/operation.ts';
import { pageOf, pageQuery, slicePage } from '../../../http/contract/paging.ts';
import { contextOf } from '../../../http/request-context.ts';
import { changeProvider } from '../../../services/provider/change-provider.ts';
import { createProvider } from '../../../services/provider/create-provider.ts';
import { listProviders } from '../../../services/provider/list-providers.ts';
import { catalogueCodes } from '../../fields/catalogue-codes.ts';
import { dropAbsent } from '../../fields/drop-absent.ts';
import {
  exampleProvider,
  exampleStranded,
  providerView,
  strandedAppointments,
  viewProvider,
} from '../../views/catalogue/provider.ts';

const params = z.object({ slug });

const fields = z.strictObject({
  name: text(100),
  isActive: z.boolean(),
  services: catalogueCodes.describe('What they do.'),
});

const list = operation({
  summary: 'All providers, also those who take no more bookings',
  description: 'Whatever can do one appointment at a time: a person, a chef, a station.',
  tag: 'Staff: providers',
  permission: 'catalogue.read',
  params,
  query: z.strictObject(pageQuery),
  answers: { 200: pageOf(providerView).meta({ examples: [{ items: [exampleProvider], nextCursor: null }] }) },
});

const create = operation({
  summary: 'Adds a provider, with no hours yet',
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
  summary: 'Changes a provider',
  description: 'Bookings stay. `services` replaces all that they do.',
  tag: 'Staff: providers',
  permission: 'catalogue.write',
  params: params.extend({ provider: catalogueCode }),
  body: fields.partial().meta({ examples: [{ isActive: false }] }),
  answers: {
    200: providerView
      .extend({ strandedAppointments })
      .meta({ examples: [{ ...exampleProvider, isActive: false, strandedAppointments: exampleStranded }] }),
  },
  isIdempotent: true,
});

export const staffProviderRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/providers', list, async (request) => {
      const providers = await listProviders(contextOf(ctx, request), staffOf(request).propertyId);
      return slicePage(providers.map(viewProvider), request.query);
    });

    app.post('/providers', create, async (request, reply) => {
      const { propertyId, actor } = staffOf(request);
      reply.code(201);
      return viewProvider(await createProvider(contextOf(ctx, request), { ...request.body, propertyId, actor }));
    });

    app.patch('/providers/:provider', change, async (request) => {
      const { propertyId, actor } = staffOf(request);
      const input = { propertyId, actor, code: request.params.provider, changes: dropAbsent(request.body) };
      const { strandedAppointments: stranded, ...provider } = await changeProvider(contextOf(ctx, request), input);
      return { ...viewProvider(provider), strandedAppointments: [...stranded] };
    });
  };
