import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '../context.ts';
import type { AnnouncedEvent } from '../domain/feed/property-change.ts';
import { AppError } from '../errors.ts';
import type { Tx } from './client.ts';
import { explainConstraint } from './constraints.ts';
import { isRetryable, isTimeout } from './connection/sql-error.ts';

const MAX_TRIES = 5;
/** Budget of all tries together; afterwards the caller receives 503. */
const RETRY_BUDGET_MS = 2_000;
const FIRST_BACKOFF_MS = 20;

/** Limits for the wait for a connection and for the work. */
const OPTIONS = { maxWait: 2_000, timeout: 5_000 } as const;

/** Where each transaction's request collects its events. A step finds the list by its first parameter. */
const announcements = new WeakMap<Tx, AnnouncedEvent[]>();

/** Carries the result out of a transaction that is rolled back. */
class DryRun extends Error {
  readonly result: unknown;

  constructor(result: unknown) {
    super('dry run');
    this.result = result;
  }
}

/**
 * Runs `work` in a transaction. No other code opens transactions.
 *
 * READ COMMITTED with explicit row locks. On a deadlock or serialization failure `work` runs again, so `work` must only
 * read and write rows. A dry run rolls back at the end.
 * Throws: what `work` throws; the code of a violated constraint; overloaded.
 */
export async function transaction<T>(ctx: Pick<Context, 'db' | 'request'>, work: (tx: Tx) => Promise<T>): Promise<T> {
  return withRetries(async () => {
    try {
      return await ctx.db.$transaction(async (client) => {
        const tx = client as unknown as Tx;
        if (ctx.request !== null) announcements.set(tx, ctx.request.announcements);
        const result = await work(tx);
        if (ctx.request?.isDryRun === true) throw new DryRun(result);
        return result;
      }, OPTIONS);
    } catch (error) {
      if (error instanceof DryRun) return error.result as T;
      throw error;
    }
  });
}

/**
 * Adds an event written in this transaction to what its request has announced; does nothing outside of a request.
 *
 * Events of a try that rolls back stay listed. That is harmless: the cache drops more than it must, and their ids never
 * reach the feed.
 */
export function collectAnnounced(tx: Tx, event: AnnouncedEvent): void {
  announcements.get(tx)?.push(event);
}

/**
 * Runs one statement as its own transaction, with the retries and error translation of `transaction`.
 *
 * For hot paths, where BEGIN and COMMIT would cost two more round trips.
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
