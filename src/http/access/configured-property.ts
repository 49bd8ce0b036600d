import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../../errors.ts';

/** Reads the configured property slug of a path without a slug; undefined when none is configured. */
export type PropertyOf = (request: FastifyRequest) => string | undefined;

/**
 * Sets the path parameter `slug` of every request in this scope to the configured property.
 *
 * Register before the guard, which reads the parameter.
 * Throws: not_found when no property is configured.
 */
export function useConfiguredProperty(app: FastifyInstance, propertyOf: PropertyOf): void {
  app.addHook('onRoute', ({ url }) => {
    if (url.includes(':slug')) throw new Error(`Bug: ${url} names its property itself`);
  });
  app.addHook('onRequest', async (request) => {
    const slug = propertyOf(request);
    if (slug === undefined) throw new AppError('not_found', { detail: 'No property is configured for this path.' });
    (request.params as { slug?: string }).slug = slug;
  });
}

/** Returns the property slug of a request in such a scope. */
export function slugOf(request: FastifyRequest): string {
  const { slug } = request.params as { slug?: string };
  if (slug === undefined) throw new Error('Bug: a route without a property');
  return slug;
}
