import { createHash } from 'node:crypto';
import swagger from '@fastify/swagger';
import apiReference from '@scalar/fastify-api-reference';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import type { Context } from '../context.ts';
import { ERRORS } from '../errors.ts';
import { hashSource, restrictSources } from './access/content-policy.ts';
import { limitAddresses } from './limits/limits.ts';
import { ADDRESS_LIMITS } from './limits/rate-limits.ts';
import { sendTagged } from './contract/etag.ts';
import type { TaggedText } from './contract/etag.ts';

const DESCRIPTION = `Money is an integer in the currency's minor unit. Instants are RFC 3339 in UTC. Stays are plain dates, the day of
departure excluded. Errors are problem+json; clients branch on \`code\`.

- \`Idempotency-Key\` on a POST makes a retry safe for 24 hours: a repeated request gets the stored first response, with \`Idempotent-Replayed: true\`.
- \`Prefer: dry-run\` on a change of a booking validates the request, computes the price and returns the result without writing.
- \`If-Match\` with the \`ETag\` of a staff read rejects a write when the resource has changed since.

| code | status | |
|---|---|---|
${Object.entries(ERRORS)
  .map(([code, { status, title }]) => `| \`${code}\` | ${String(status)} | ${title} |`)
  .join('\n')}`;

/** Tags in the order of the document. */
const TAGS = [
  'Public',
  'Guest',
  'Sign-in',
  'Staff: bookings',
  'Staff: actions',
  'Staff: rooms',
  'Staff: payments',
  'Staff: customers',
  'Staff: catalogue',
  'Staff: promos',
  'Staff: services',
  'Staff: providers',
  'Staff: calendar',
  'Staff: events',
  'Staff: reports',
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
 * Serves the API document at /openapi.json, generated from the validating schemas, and a reference page at /docs.
 *
 * The document has some megabytes and is serialized once: per request, serializing would cost as much as a dozen bookings.
 */
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
  await app.register(async (docs) => {
    await limitAddresses(docs, ctx.config, ADDRESS_LIMITS.public);
    let document: TaggedText | undefined;
    docs.get('/openapi.json', { schema: { hide: true } }, async (request, reply) => {
      // Generated at the first request, after all routes are registered.
      document ??= serializeDocument(app.swagger());
      return sendTagged(request, reply, document);
    });
    await docs.register(serveReferencePage);
  });
}

function serializeDocument(document: object): TaggedText {
  const text = Buffer.from(JSON.stringify(document));
  return { text, etag: `"${createHash('sha1').update(text).digest('base64url')}"` };
}

/** Serves the reference page at /docs. */
async function serveReferencePage(app: FastifyInstance): Promise<void> {
  // The page has a script and styles of its own in its text, which the server's policy would block.
  app.addHook('onSend', async (_request, reply, payload) => {
    const page = typeof payload === 'string' ? payload : '';
    reply.header('content-security-policy', describeSources(page));
    return payload;
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

/** Builds the content security policy of the reference page: its own files, and the scripts written in its text. */
function describeSources(page: string): string {
  const written = [...page.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g)];
  return restrictSources({
    'script-src': ["'self'", ...written.map(([, script = '']) => hashSource(script))],
    'style-src': ["'self'", "'unsafe-inline'"],
    'img-src': ["'self'", 'data:'],
    'font-src': ["'self'", 'data:'],
    'connect-src': ["'self'"],
  });
}
