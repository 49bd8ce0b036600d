/** What Postgres said, dug out of the shapes Prisma wraps it in. */
export interface SqlError {
  readonly sqlState: string;
  /** Name of the violated constraint, where there is one. */
  readonly constraint: string | null;
}

interface DriverCause {
  readonly originalCode?: unknown;
  readonly originalMessage?: unknown;
  readonly constraint?: { readonly index?: unknown };
}

/** SQLSTATE and constraint of a database error; null for anything else. */
export function readSqlError(error: unknown): SqlError | null {
  const cause = findDriverCause(error);
  if (typeof cause?.originalCode !== 'string') return null;
  const message = typeof cause.originalMessage === 'string' ? cause.originalMessage : '';
  // The name is the last thing quoted, in whatever language the server speaks.
  const named = [...message.matchAll(/["«„]([^"»“]+)["»“]/g)].at(-1)?.[1];
  const index = typeof cause.constraint?.index === 'string' ? cause.constraint.index : undefined;
  return { sqlState: cause.originalCode, constraint: named ?? index ?? null };
}

function findDriverCause(error: unknown): DriverCause | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { meta, cause } = error as { meta?: { driverAdapterError?: { cause?: DriverCause } }; cause?: DriverCause };
  return meta?.driverAdapterError?.cause ?? cause;
}

/** Serialization failure or deadlock: nothing happened, trying again is right. */
export function isRetryable(error: unknown): boolean {
  const state = readSqlError(error)?.sqlState;
  return state === '40001' || state === '40P01';
}

/** A lock, a statement or a connection that did not come in time: we are too busy, nothing happened. */
export function isTimeout(error: unknown): boolean {
  const state = readSqlError(error)?.sqlState;
  if (state === '55P03' || state === '57014' || state === '53300') return true;
  if (!(error instanceof Error)) return false;
  const code = (error as { code?: unknown }).code;
  // P2028: no transaction could be opened, or it ran out of time; P2024 and pg's own words: the pool is exhausted.
  return code === 'P2028' || code === 'P2024' || error.message.includes('timeout exceeded when trying to connect');
}
