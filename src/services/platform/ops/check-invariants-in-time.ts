import type { Context } from '../../../context.ts';
import { readSqlError } from '../../../db/connection/sql-error.ts';
import { transaction } from '../../../db/transaction.ts';
import { AppError } from '../../../errors.ts';
import { findOffenders, INVARIANTS } from './check-invariants.ts';
import type { InvariantResult } from './check-invariants.ts';

/** The time for all checks: below the ten seconds of a request (`app.ts`), so that the caller gets a report. */
const TOTAL_MS = 7_000;
/** The time for one check, so that a slow query leaves time for the others. */
const EACH_MS = 2_000;

/** SQLSTATE of a cancelled statement (57014) and of a lock timeout (55P03). */
const TIMEOUT_STATES: readonly unknown[] = ['57014', '55P03'];

export interface QuickReport {
  readonly results: readonly InvariantResult[];
  /** The names of the invariants whose queries did not finish in time, as when the tables have grown. */
  readonly unfinished: readonly string[];
}

/** Checks the invariants within a request's time, and reports unfinished checks. Throws: overloaded. */
export async function checkInvariantsInTime(ctx: Pick<Context, 'db' | 'request'>): Promise<QuickReport> {
  const deadline = performance.now() + TOTAL_MS;
  const results: InvariantResult[] = [];
  const unfinished: string[] = [];
  for (const [name, query] of Object.entries(INVARIANTS)) {
    const limitMs = Math.min(EACH_MS, Math.floor(deadline - performance.now()));
    const check = () =>
      transaction(ctx, async (tx) => {
        await tx.$queryRaw`SELECT set_config('statement_timeout', ${String(limitMs)}, true)`;
        return findOffenders(tx, name, query);
      });
    const result = limitMs < 1 ? null : await nullOnTimeout(check);
    if (result === null) unfinished.push(name);
    else results.push(result);
  }
  return { results, unfinished };
}

/** Runs a check. Returns: null when the database cancels its statement for taking too long. */
async function nullOnTimeout<T>(check: () => Promise<T>): Promise<T | null> {
  try {
    return await check();
  } catch (error) {
    if (error instanceof AppError && TIMEOUT_STATES.includes(readSqlError(error.cause)?.sqlState)) return null;
    throw error;
  }
}
