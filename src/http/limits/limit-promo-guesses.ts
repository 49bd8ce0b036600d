import type { FastifyRequest } from 'fastify';
import type { Config } from '../../config.ts';
import { AppError } from '../../errors.ts';
import { reserve } from './limits.ts';
import { ACTION_LIMITS } from './rate-limits.ts';

type TryPromo = <T>(request: FastifyRequest, code: string | null, work: () => Promise<T>) => Promise<T>;

/** Of the address, of its network at this property, and of the property, whose codes many networks can guess at. */
const LIMITS = [ACTION_LIMITS.promos, ACTION_LIMITS.promosOfNetwork, ACTION_LIMITS.promosOfProperty];

/**
 * Runs `work` with a promo code, and counts invalid codes.
 *
 * Each attempt is counted before the code is looked up and taken back when the code is valid, so that parallel guesses
 * stay within the limit. Past the limit every code is rejected for the rest of the minute: accepting a valid code would
 * let guessing go on. Requests without a code are not limited.
 * Throws: rate_limited, and errors of `work`.
 */
export function limitPromoGuesses(config: Config): TryPromo {
  return async (request, code, work) => {
    if (code === null) return work();
    const uncount = await reserve(request, config, LIMITS);
    let isWrong = false;
    try {
      return await work();
    } catch (error) {
      isWrong = error instanceof AppError && error.code === 'promo_invalid';
      throw error;
    } finally {
      if (!isWrong) await uncount();
    }
  };
}
