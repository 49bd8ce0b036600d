import type { FastifyInstance, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import type { Config } from '../../config.ts';
import { AppError } from '../../errors.ts';
import { countAgainst, RATE_LIMITS, tooMany } from './limits.ts';

/** Addresses remembered; past it, whoever was refused longest ago is forgotten. */
const MAX_ADDRESSES = 10_000;

type TryPromo = <T>(request: FastifyRequest, code: string | null, work: () => Promise<T>) => Promise<T>;

/**
 * Runs what a promo code may be given to, and counts wrong codes by the caller's address.
 *
 * Right ones are not counted. But who has guessed too often is refused with any code for the rest of the minute: were a
 * right one let through, guessing could go on. Whoever gives no code is not concerned.
 * Throws: rate_limited, and what `work` throws.
 */
export function limitPromoGuesses(app: FastifyInstance, config: Config): TryPromo {
  const countGuess = countAgainst(app, config, RATE_LIMITS.promos);
  /** Address → when it may try again. */
  const refused = new LRUCache<string, number>({ max: MAX_ADDRESSES });
  const addressOf = RATE_LIMITS.promos.keyOf;

  return async (request, code, work) => {
    if (code === null) return work();
    const waitMs = (refused.get(addressOf(request)) ?? 0) - performance.now();
    if (waitMs > 0) throw tooMany(waitMs);
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'promo_invalid') throw error;
      await countGuess(request).catch((limit: unknown) => {
        const seconds = limit instanceof AppError ? (limit.content.retryAfterSeconds ?? 1) : 1;
        refused.set(addressOf(request), performance.now() + seconds * 1_000);
        throw limit;
      });
      throw error;
    }
  };
}
