import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { slug } from '../../http/contract/fields.ts';
import { sendCached } from '../../http/response-cache/cached-responses.ts';
import { operation } from '../../http/contract/operation.ts';
import { getPublicProperty } from '../../services/catalogue/property/get-public-property.ts';
import { publicPropertyView, viewPublicProperty } from '../shapes/views/catalogue/property.ts';

export const publicPropertyRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    const get = operation({
      id: 'getProperty',
      summary: 'Reads a property with its room types and services',
      tag: 'Public',
      params: z.object({ slug }),
      answers: { 200: publicPropertyView },
      errors: ['not_found'],
    });
    app.get('/', get, async (request, reply) =>
      sendCached(ctx, { request, reply, ...request.params, nights: null }, async () =>
        viewPublicProperty(await getPublicProperty(request.ctx, request.params.slug)),
      ),
    );
  };
