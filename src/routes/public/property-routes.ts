import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { slug } from '../../http/contract/fields.ts';
import { sendKept } from '../../http/kept/kept-answers.ts';
import { operation } from '../../http/contract/operation.ts';
import { contextOf } from '../../http/request-context.ts';
import { getPublicProperty } from '../../services/property/get-public-property.ts';
import { publicPropertyView, viewPublicProperty } from '../views/catalogue/property.ts';

export const publicPropertyRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    const get = operation({
      summary: 'What a property is and sells',
      tag: 'Public',
      params: z.object({ slug }),
      answers: { 200: publicPropertyView },
      errors: ['not_found'],
    });
    app.get('/', get, async (request, reply) =>
      sendKept(ctx, { request, reply, ...request.params, nights: null }, async () =>
        viewPublicProperty(await getPublicProperty(contextOf(ctx, request), request.params.slug)),
      ),
    );
  };
