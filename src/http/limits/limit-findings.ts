import type { FastifyRequest } from 'fastify';
import type { Config } from '../../config.ts';
import { AppError } from '../../errors.ts';
import { reserve } from './limits.ts';
import { ACTION_LIMITS } from './rate-limits.ts';

const LIMITS = [ACTION_LIMITS.findings, ACTION_LIMITS.findingsOfProperty];

/**
 * Runs an agent's search for a booking, and counts searches that find none, by API key and by property.
 *
 * Codes are in sequence, so that with one surname somebody could try them all.
 * Throws: rate_limited, and errors of `work`.
 */
export async function limitFindings<T>(request: FastifyRequest, config: Config, work: () => Promise<T>): Promise<T> {
  const uncount = await reserve(request, config, LIMITS);
  let isMiss = false;
  try {
    return await work();
  } catch (error) {
    isMiss = error instanceof AppError && error.code === 'not_found';
    throw error;
  } finally {
    if (!isMiss) await uncount();
  }
}
