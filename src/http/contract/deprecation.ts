import type { FastifyInstance } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The canonical path that does the same, with the same names for its parameters. */
    successor?: string;
  }
}

/** The day on which the paths of the systems before us became old ways to the canonical ones; RFC 9745 wants seconds. */
const DEPRECATED_AT = Date.UTC(2026, 10, 20) / 1_000;

/** The contract of a route that is kept for old clients only; new ones take `successor`. */
export function supersededBy<Schema extends object, Config extends object>(
  successor: string,
  route: { readonly schema: Schema; readonly config: Config },
) {
  return { schema: { ...route.schema, deprecated: true }, config: { ...route.config, successor } };
}

/** Every answer of this scope, refusals included, says that its path is deprecated and which one to take instead. */
export function announceSuccessors(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    if (route.config?.successor === undefined) throw new Error(`Bug: ${route.url} names no successor`);
  });
  app.addHook('onSend', async (request, reply) => {
    const params = request.params as Readonly<Record<string, string | undefined>>;
    // What came in the path may be anything; encoded, it can neither end the link nor the header.
    const path = request.routeOptions.config.successor?.replaceAll(/:(\w+)/g, (_, name: string) =>
      encodeURIComponent(params[name] ?? ''),
    );
    reply.header('deprecation', `@${String(DEPRECATED_AT)}`);
    reply.header('link', `<${path ?? ''}>; rel="successor-version"`);
  });
}
