import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../errors.ts';

/** The slug that a path without one means; undefined where none is configured. */
export type PropertyOf = (request: FastifyRequest) => string | undefined;

/**
 * Every request of this scope is about the property that `propertyOf` says, as if its slug stood in the path.
 *
 * Register it before the guard, which then asks of the caller what it asks on a path with a slug. Where none is configured
 * the paths do not exist.
 */
export function assumeProperty(app: FastifyInstance, propertyOf: PropertyOf): void {
  app.addHook('onRoute', ({ url }) => {
    if (url.includes(':slug')) throw new Error(`Bug: ${url} names its property itself`);
  });
  app.addHook('onRequest', async (request) => {
    const slug = propertyOf(request);
    if (slug === undefined) throw new AppError('not_found', { detail: 'No property is configured for this path.' });
    (request.params as { slug?: string }).slug = slug;
  });
}

/** The slug a request of such a scope is about. */
export function slugOf(request: FastifyRequest): string {
  const { slug } = request.params as { slug?: string };
  if (slug === undefined) throw new Error('Bug: a route without a property');
  return slug;
}
