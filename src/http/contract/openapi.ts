import { createHash } from 'node:crypto';
import swagger from '@fastify/swagger';
import apiReference from '@scalar/fastify-api-reference';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import type { Context } from '../../context.ts';
import type { RequestCounter } from '../../domain/ports/request-counter.ts';
import { ERRORS } from '../../errors.ts';
import { limitRate, RATE_LIMITS } from '../limits/limits.ts';
import { sendTagged } from './etag.ts';
import type { TaggedText } from './etag.ts';

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

/**
 * The API document at /openapi.json, made from the schemas that validate, and a readable page at /docs.
 *
 * The document is some megabytes, spelled once: for every request it would cost as much as a dozen bookings.
 */
export async function documentApi(app: FastifyInstance, ctx: Context, counter: RequestCounter): Promise<void> {
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
  await app.register(async (docs) => {
    await limitRate(docs, ctx.config, RATE_LIMITS.public, counter);
    let document: TaggedText | undefined;
    docs.get('/openapi.json', { schema: { hide: true } }, async (request, reply) => {
      // Not before it is asked for: only then are all routes there.
      document ??= spell(app.swagger());
      return sendTagged(request, reply, document);
    });
    await docs.register(showDocument);
  });
}

function spell(document: object): TaggedText {
  const text = Buffer.from(JSON.stringify(document));
  return { text, etag: `"${createHash('sha1').update(text).digest('base64url')}"` };
}

/** The page at /docs that shows the document. */
async function showDocument(app: FastifyInstance): Promise<void> {
  // The page brings its own scripts and styles, which the policy of the rest of the server would not let run.
  app.addHook('onSend', async (_request, reply) => {
    reply.removeHeader('content-security-policy');
  });
  await app.register(apiReference, {
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
}
