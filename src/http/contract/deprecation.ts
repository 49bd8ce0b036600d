import type { FastifyInstance } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The canonical path that replaces the route, with equal parameter names. */
    successor?: string;
  }
}

/** Deprecation date of the compat paths, in Unix seconds as RFC 9745 requires. */
const DEPRECATED_AT = Date.UTC(2026, 10, 20) / 1_000;

/** Marks a contract as deprecated in favour of `successor`. */
export function supersededBy<Schema extends object, Config extends object>(
  successor: string,
  route: { readonly schema: Schema; readonly config: Config },
) {
  return { schema: { ...route.schema, deprecated: true }, config: { ...route.config, successor } };
}

/** Adds Deprecation and Link headers to every response of this scope, error responses included. */
export function announceSuccessors(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    if (route.config?.successor === undefined) throw new Error(`Bug: ${route.url} names no successor`);
  });
  app.addHook('onSend', async (request, reply) => {
    const params = request.params as Readonly<Record<string, string | undefined>>;
    // Path parameters are untrusted: encoded, no parameter can end the link or the header.
    const path = request.routeOptions.config.successor?.replaceAll(/:(\w+)/g, (_, name: string) =>
      encodeURIComponent(params[name] ?? ''),
    );
    reply.header('deprecation', `@${String(DEPRECATED_AT)}`);
    reply.header('link', `<${path ?? ''}>; rel="successor-version"`);
  });
}
