import swagger from '@fastify/swagger';
import apiReference from '@scalar/fastify-api-reference';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import type { Context } from '../../context.ts';
import { ERRORS } from '../../errors.ts';

const DESCRIPTION = `Money is an integer in the currency's minor unit. Instants are RFC 3339 in UTC; stays are plain dates, the
night of the last one not included. Errors are problem+json, and their \`code\` is the contract.

- \`Idempotency-Key\` on a POST makes a repeat safe for 24 hours: the same request gets the first answer again, with \`Idempotent-Replayed: true\`.
- \`Prefer: dry-run\` on anything that changes a booking validates, prices and answers what would happen, and writes nothing.
- \`If-Match\` with the \`ETag\` of a staff read refuses a write to something that has changed since.

| code | status | |
|---|---|---|
${Object.entries(ERRORS)
  .map(([code, { status, title }]) => `| \`${code}\` | ${String(status)} | ${title} |`)
  .join('\n')}`;

/** In the order a reader meets them. */
const TAGS = [
  'Public',
  'Guest',
  'Sign-in',
  'Staff: bookings',
  'Staff: actions',
  'Staff: rooms',
  'Staff: payments',
  'Staff: catalogue',
  'Staff: services',
  'Staff: providers',
  'Staff: calendar',
  'Staff: events',
  'Staff: API keys',
  'Agents',
  'Realtime',
  'Webhooks',
  'Operations',
  'HotelMate',
  'My Hibachi',
  'Hello Gorgeous',
];

/** The API document at /openapi.json, made from the schemas that validate, and a readable page at /docs. */
export async function documentApi(app: FastifyInstance, ctx: Context): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Holdfast', version: '1', description: DESCRIPTION },
      servers: [{ url: ctx.config.PUBLIC_URL }],
      tags: TAGS.map((name) => ({ name })),
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
    },
    transform: jsonSchemaTransform,
    transformObject: (document) => ('openapiObject' in document ? document.openapiObject : document.swaggerObject),
  });
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
  await app.register(async (docs) => {
    // The page brings its own scripts and styles, which the policy of the rest of the server would not let run.
    docs.addHook('onSend', async (_request, reply) => {
      reply.removeHeader('content-security-policy');
    });
    await docs.register(apiReference, {
      routePrefix: '/docs',
      configuration: {
        url: '/openapi.json',
        withDefaultFonts: false,
        telemetry: false,
        agent: { disabled: true },
        mcp: { disabled: true },
        showDeveloperTools: 'never',
        hideClientButton: true,
      },
    });
  });
}
