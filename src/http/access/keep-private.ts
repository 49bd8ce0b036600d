import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Caller } from './caller.ts';

/**
 * Keeps private answers out of every cache: those to somebody who is known, to a request that writes, and refusals.
 *
 * A route that sets `Cache-Control` itself keeps its own.
 */
export function keepPrivate(app: FastifyInstance): void {
  app.addHook('onSend', (request, reply, _payload, done) => {
    const isRefusal = reply.statusCode >= 400;
    if (!reply.hasHeader('cache-control') && (isRefusal || !isPublicRead(request))) {
      reply.header('cache-control', 'no-store');
    }
    done();
  });
}

function isPublicRead(request: FastifyRequest): boolean {
  // An unknown path has no caller.
  const caller = request.caller as Caller | undefined;
  const isKnown = caller !== undefined && caller.type !== 'ANYONE';
  return !isKnown && (request.method === 'GET' || request.method === 'HEAD');
}
