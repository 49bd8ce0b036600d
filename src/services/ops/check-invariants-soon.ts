import type { Context } from '../../context.ts';
import { readSqlError } from '../../db/sql-error.ts';
import { transaction } from '../../db/transaction.ts';
import { AppError } from '../../errors.ts';
import { findOffenders, INVARIANTS } from './check-invariants.ts';
import type { InvariantResult } from './check-invariants.ts';

/** All of them together, so that a request has its answer before its time is over. */
const TOTAL_MS = 7_000;
/** Each, so that one slow one does not leave the others without time. */
const EACH_MS = 2_000;

/** A statement that was ended because it took too long, or waited too long for a lock. */
const TOOK_TOO_LONG: readonly unknown[] = ['57014', '55P03'];

export interface QuickReport {
  readonly results: readonly InvariantResult[];
  /** The names of those that could not be answered within seconds, as when the tables have grown. */
  readonly unfinished: readonly string[];
}

/** Looks for what must never be as far as seconds allow, and says what it did not get to. Throws: overloaded. */
export async function checkInvariantsSoon(ctx: Pick<Context, 'db' | 'request'>): Promise<QuickReport> {
  const deadline = performance.now() + TOTAL_MS;
  const results: InvariantResult[] = [];
  const unfinished: string[] = [];
  for (const [name, query] of Object.entries(INVARIANTS)) {
    const limitMs = Math.min(EACH_MS, Math.floor(deadline - performance.now()));
    const look = () =>
      transaction(ctx, async (tx) => {
        await tx.$queryRaw`SELECT set_config('statement_timeout', ${String(limitMs)}, true)`;
        return findOffenders(tx, name, query);
      });
    const result = limitMs < 1 ? null : await unlessTooLong(look);
    if (result === null) unfinished.push(name);
    else results.push(result);
  }
  return { results, unfinished };
}

async function unlessTooLong<T>(look: () => Promise<T>): Promise<T | null> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof AppError && TOOK_TOO_LONG.includes(readSqlError(error.cause)?.sqlState)) return null;
    throw error;
  }
}
