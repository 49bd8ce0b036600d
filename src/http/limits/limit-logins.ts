import type { FastifyRequest } from 'fastify';
import type { Config } from '../../config.ts';
import { AppError } from '../../errors.ts';
import { reserve } from './limits.ts';
import { ACTION_LIMITS, networkOf } from './rate-limits.ts';

/** Passwords verified at once. Each keeps a core busy for some 50 ms, which every other request would wait for. */
const MAX_RUNNING = 2;
/** Logins that wait for their turn; beyond, a login fails at once. */
const MAX_WAITING = 60;
/** Of them, logins of one network, so that a flood keeps no other network's staff out. */
const MAX_WAITING_OF_NETWORK = 6;

const LIMITS = [ACTION_LIMITS.account, ACTION_LIMITS.login];

type TryLogin = <T>(request: FastifyRequest, work: () => Promise<T>) => Promise<T>;

interface Waiting {
  readonly network: string;
  readonly begin: () => void;
}

/**
 * Runs logins a few at a time, and counts failed ones by account and network.
 *
 * Throws: rate_limited past a limit; overloaded when too many logins wait; errors of `work`.
 */
export function limitLogins(config: Config): TryLogin {
  const waiting: Waiting[] = [];
  let running = 0;

  const awaitTurn = async (network: string): Promise<void> => {
    if (running < MAX_RUNNING) {
      running += 1;
      return;
    }
    const isFull = waiting.length >= MAX_WAITING;
    if (isFull || waiting.filter((other) => other.network === network).length >= MAX_WAITING_OF_NETWORK) {
      throw new AppError('overloaded', {
        detail: 'Too many logins at once. Try again in a second.',
        retryAfterSeconds: 1,
      });
    }
    await new Promise<void>((begin) => waiting.push({ network, begin }));
  };
  const endTurn = () => {
    const next = waiting.shift();
    // The turn passes on without being free in between.
    if (next === undefined) running -= 1;
    else next.begin();
  };

  return async (request, work) => {
    const uncount = await reserve(request, config, LIMITS);
    let isWrong = false;
    try {
      await awaitTurn(networkOf(request));
      try {
        return await work();
      } finally {
        endTurn();
      }
    } catch (error) {
      isWrong = error instanceof AppError && error.code === 'invalid_credentials';
      throw error;
    } finally {
      if (!isWrong) await uncount();
    }
  };
}
