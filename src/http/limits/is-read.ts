import type { FastifyRequest } from 'fastify';

/** Tells whether the matched route changes nothing. Never reads the raw target, which the router reads differently. */
export function isRead(request: FastifyRequest): boolean {
  if (request.method === 'GET' || request.method === 'HEAD' || request.method === 'OPTIONS') return true;
  const { isReading } = request.routeOptions.config;
  return typeof isReading === 'function' ? isReading(request) : isReading === true;
}
