import { DatabaseError } from 'pg';

/** A Postgres error, extracted from the wrappers of Prisma and the driver. */
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

/** Reads SQLSTATE and constraint of a database error; null for other errors. */
export function readSqlError(error: unknown): SqlError | null {
  if (error instanceof DatabaseError) return { sqlState: error.code ?? '', constraint: error.constraint ?? null };
  const cause = findDriverCause(error);
  if (typeof cause?.originalCode !== 'string') return null;
  const message = typeof cause.originalMessage === 'string' ? cause.originalMessage : '';
  // The constraint name is the last quoted text, with the quotes of any server language.
  const named = [...message.matchAll(/["«„]([^"»“]+)["»“]/g)].at(-1)?.[1];
  const index = typeof cause.constraint?.index === 'string' ? cause.constraint.index : undefined;
  return { sqlState: cause.originalCode, constraint: named ?? index ?? null };
}

function findDriverCause(error: unknown): DriverCause | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { meta, cause } = error as { meta?: { driverAdapterError?: { cause?: DriverCause } }; cause?: DriverCause };
  return meta?.driverAdapterError?.cause ?? cause;
}

/** Rows changed between the first read and the lock: the transaction has written nothing and must run again. */
export class ConcurrentChange extends Error {
  override name = 'ConcurrentChange';
}

/** Tells whether the transaction can be retried: serialization failure, deadlock, or a change between read and lock. */
export function isRetryable(error: unknown): boolean {
  if (error instanceof ConcurrentChange) return true;
  const state = readSqlError(error)?.sqlState;
  return state === '40001' || state === '40P01';
}

/** SQLSTATEs of a timeout (lock, statement, connection), server shutdown, read-only standby or lost connection. */
const BUSY_STATES = /^(55P03|57014|53300|57P0[1235]|25P03|25006|08...)$/;

/** Codes of Prisma and Node for: transaction timeout, pool timeout, server unreachable, connection closed. */
const BUSY_CODES: readonly unknown[] = [
  'P2028',
  'P2024',
  'P1001',
  'P1002',
  'P1008',
  'P1017',
  'ECONNREFUSED',
  'ECONNRESET',
];

/** Messages of pg for errors without a code. */
const BUSY_MESSAGES =
  /timeout exceeded when trying to connect|Connection terminated|is not queryable|Can't reach database server/;

/** Tells whether the database was too busy or unreachable. The outcome is unknown; a later retry may succeed. */
export function isTimeout(error: unknown): boolean {
  const state = readSqlError(error)?.sqlState;
  if (state !== undefined && BUSY_STATES.test(state)) return true;
  if (!(error instanceof Error)) return false;
  return BUSY_CODES.includes((error as { code?: unknown }).code) || BUSY_MESSAGES.test(error.message);
}
