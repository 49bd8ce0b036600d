import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../context.ts';
import { AppError } from '../errors.ts';
import type { Tx } from './client.ts';
import { explainConstraint } from './constraints.ts';
import { isRetryable, isTimeout } from './sql-error.ts';

const MAX_TRIES = 5;
/** All tries together; past it the caller hears 503 rather than waiting on. */
const RETRY_BUDGET_MS = 2_000;
const FIRST_BACKOFF_MS = 20;

/** How long to wait for a connection, and how long the work may take. */
const OPTIONS = { maxWait: 2_000, timeout: 5_000 } as const;

/** Carries the result out of a transaction that must not happen. */
class DryRun extends Error {
  readonly result: unknown;

  constructor(result: unknown) {
    super('dry run');
    this.result = result;
  }
}

/**
 * Runs `work` in a transaction, all or nothing. The only place where one is opened.
 *
 * READ COMMITTED with explicit row locks. On a deadlock or serialization failure the whole of `work` runs again, so it
 * must do nothing but read and write rows. In a dry run it does everything and then rolls back.
 * Throws: what `work` throws; the code of a violated constraint; overloaded.
 */
export async function transaction<T>(ctx: Pick<Context, 'db' | 'request'>, work: (tx: Tx) => Promise<T>): Promise<T> {
  return withRetries(async () => {
    try {
      return await ctx.db.$transaction(async (client) => {
        const result = await work(client as unknown as Tx);
        if (ctx.request.isDryRun) throw new DryRun(result);
        return result;
      }, OPTIONS);
    } catch (error) {
      if (error instanceof DryRun) return error.result as T;
      throw error;
    }
  });
}

/**
 * Runs one statement that is a transaction by itself, with the same retries and the same words for what went wrong.
 *
 * For the hot paths, where BEGIN and COMMIT would cost two more round trips.
 */
export async function withRetries<T>(run: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + RETRY_BUDGET_MS;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run();
    } catch (error) {
      if (error instanceof AppError) throw error;
      if (!isRetryable(error)) throw explain(error);
      const backoffMs = Math.random() * FIRST_BACKOFF_MS * 2 ** attempt;
      if (attempt === MAX_TRIES || performance.now() + backoffMs > deadline) throw overloaded(error);
      await sleep(backoffMs);
    }
  }
}

function explain(error: unknown): unknown {
  return explainConstraint(error) ?? (isTimeout(error) ? overloaded(error) : error);
}

function overloaded(cause: unknown): AppError {
  return new AppError('overloaded', { retryAfterSeconds: 1, cause });
}
