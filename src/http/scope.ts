import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Config } from '../config.ts';
import type { Context } from '../context.ts';
import type { Guard } from './guards.ts';
import type { RateLimit } from './limits/limits.ts';

/** Routes that begin with one prefix and let in the same callers. */
export interface Scope {
  readonly prefix: string;
  /** The slug of the property that paths without one mean. */
  readonly property?: (config: Config, request: FastifyRequest) => string | undefined;
  readonly guard: Guard;
  /** Null: the routes see to it themselves. */
  readonly limit: RateLimit | null;
  readonly routes: readonly ((ctx: Context) => FastifyPluginAsyncZod)[];
}
