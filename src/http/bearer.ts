import type { FastifyRequest } from 'fastify';

/** The token that a request carries, however its scheme is spelled; null where it carries none that could be one. */
export function findBearer(request: FastifyRequest): string | null {
  return /^Bearer ([\w.~+/=-]+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? null;
}
