import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { staffOf } from '../../http/caller.ts';
import { instant, slug, text } from '../../http/contract/fields.ts';
import { operation } from '../../http/contract/operation.ts';
import { pageOf, pageQuery, slicePage } from '../../http/contract/paging.ts';
import { contextOf } from '../../http/request-context.ts';
import { createApiKey } from '../../services/api-key/create-api-key.ts';
import { listApiKeys } from '../../services/api-key/list-api-keys.ts';
import { revokeApiKey } from '../../services/api-key/revoke-api-key.ts';
import { API_KEY_SCOPES, apiKeyView, createdApiKeyView, exampleApiKey, viewApiKey } from '../views/api-key.ts';

const params = z.object({ slug });

const list = operation({
  summary: 'All API keys, also revoked ones; never the keys themselves',
  tag: 'Staff: API keys',
  permission: 'api-keys.manage',
  params,
  query: z.strictObject(pageQuery),
  answers: { 200: pageOf(apiKeyView).meta({ examples: [{ items: [exampleApiKey], nextCursor: null }] }) },
});

const create = operation({
  summary: 'Makes an API key, shown in this answer and never again',
  tag: 'Staff: API keys',
  permission: 'api-keys.manage',
  params,
  body: z
    .strictObject({
      name: text(100),
      scopes: z
        .array(z.enum(API_KEY_SCOPES))
        .min(1)
        .max(API_KEY_SCOPES.length)
        .default([...API_KEY_SCOPES]),
      maxLiveHolds: z.int().min(0).max(1_000).default(20),
      expiresAt: instant.optional().describe('Until somebody revokes it, when nothing is said.'),
    })
    .meta({ examples: [{ name: 'Front desk line' }] }),
  answers: { 201: createdApiKeyView },
  errors: ['past_time'],
  isIdempotent: true,
});

const revoke = operation({
  summary: 'Revokes an API key, from the next request on',
  tag: 'Staff: API keys',
  permission: 'api-keys.manage',
  params: params.extend({ id: z.uuid() }),
  body: z.strictObject({}).meta({ examples: [{}] }),
  answers: { 200: apiKeyView },
  isIdempotent: true,
});

export const staffApiKeyRoutes =
  (ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/api-keys', list, async (request) => {
      const keys = await listApiKeys(contextOf(ctx, request), staffOf(request).propertyId);
      return slicePage(keys.map(viewApiKey), request.query);
    });

    app.post('/api-keys', create, async (request, reply) => {
      const { propertyId, actor } = staffOf(request);
      const { expiresAt = null, ...body } = request.body;
      const scoped = contextOf(ctx, request);
      const created = await createApiKey(scoped, { ...body, expiresAt, propertyId, actor });
      reply.code(201).header('cache-control', 'no-store');
      return { ...viewApiKey(created), key: scoped.request.isDryRun ? 'DRY-RUN' : created.key };
    });

    app.delete('/api-keys/:id', revoke, async (request) => {
      const { propertyId, actor } = staffOf(request);
      const input = { propertyId, actor, id: request.params.id };
      return viewApiKey(await revokeApiKey(contextOf(ctx, request), input));
    });
  };
