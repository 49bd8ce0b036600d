import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Config } from '../config.ts';
import type { Context } from '../context.ts';
import type { Guard } from './access/guards.ts';
import type { RateLimit } from './limits/rate-limits.ts';

/** Routes with one path prefix and one guard. */
export interface Scope {
  readonly prefix: string;
  /** Reads the configured property slug of paths without a slug. */
  readonly property?: (config: Config, request: FastifyRequest) => string | undefined;
  readonly guard: Guard;
  /** Counted by address before the guard. Null where only callers are counted, or the routes apply their own limits. */
  readonly limit: RateLimit | null;
  /** Replaces the limit that callers of every kind have. */
  readonly callerLimit?: RateLimit;
  readonly routes: readonly ((ctx: Context) => FastifyPluginAsyncZod)[];
}
