import type { FastifyRequest } from 'fastify';

/** Returns the bearer token of the Authorization header, or null without a well-formed token. */
export function findBearer(request: FastifyRequest): string | null {
  return /^Bearer ([\w.~+/=-]+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? null;
}
