import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../context.ts';
import { staffOf } from '../../http/access/caller.ts';
import { instant, name, slug } from '../../http/contract/fields.ts';
import { operation } from '../../http/contract/operation.ts';
import { pageOf, pageQuery, slicePage } from '../../http/contract/paging.ts';
import { createApiKey } from '../../services/platform/api-key/create-api-key.ts';
import { listApiKeys } from '../../services/platform/api-key/list-api-keys.ts';
import { revokeApiKey } from '../../services/platform/api-key/revoke-api-key.ts';
import { API_KEY_SCOPES, apiKeyView, createdApiKeyView, exampleApiKey, viewApiKey } from '../shapes/views/api-key.ts';

const params = z.object({ slug });

const list = operation({
  id: 'listApiKeys',
  summary: 'Lists API keys, revoked keys included, without their secrets',
  tag: 'Staff: API keys',
  permission: 'api-keys.manage',
  params,
  query: z.strictObject(pageQuery),
  answers: { 200: pageOf(apiKeyView).meta({ examples: [{ items: [exampleApiKey], nextCursor: null }] }) },
});

const create = operation({
  id: 'createApiKey',
  summary: 'Creates an API key, shown only in this response',
  tag: 'Staff: API keys',
  permission: 'api-keys.manage',
  params,
  body: z
    .strictObject({
      name: name(100),
      scopes: z
        .array(z.enum(API_KEY_SCOPES))
        .min(1)
        .max(API_KEY_SCOPES.length)
        .default([...API_KEY_SCOPES]),
      maxLiveHolds: z.int().min(0).max(1_000).default(20),
      expiresAt: instant.optional().describe('No expiry by default.'),
    })
    .meta({ examples: [{ name: 'Front desk line' }] }),
  answers: { 201: createdApiKeyView },
  errors: ['past_time'],
  isIdempotent: true,
});

const revoke = operation({
  id: 'revokeApiKey',
  summary: 'Revokes an API key, effective at once',
  tag: 'Staff: API keys',
  permission: 'api-keys.manage',
  params: params.extend({ id: z.uuid() }),
  body: z.strictObject({}).meta({ examples: [{}] }),
  answers: { 200: apiKeyView },
  isIdempotent: true,
});

export const staffApiKeyRoutes =
  (_ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/api-keys', list, async (request) => {
      const keys = await listApiKeys(request.ctx, staffOf(request).propertyId);
      return slicePage(keys.map(viewApiKey), request.query);
    });

    app.post('/api-keys', create, async (request, reply) => {
      const { propertyId } = staffOf(request);
      const { expiresAt = null, ...body } = request.body;
      const scoped = request.ctx;
      const created = await createApiKey(scoped, { ...body, expiresAt, propertyId });
      reply.code(201).header('cache-control', 'no-store');
      return { ...viewApiKey(created), key: scoped.request.isDryRun ? 'DRY-RUN' : created.key };
    });

    app.delete('/api-keys/:id', revoke, async (request) => {
      const { propertyId } = staffOf(request);
      const input = { propertyId, id: request.params.id };
      return viewApiKey(await revokeApiKey(request.ctx, input));
    });
  };
