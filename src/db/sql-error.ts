import { DatabaseError } from 'pg';

/** What Postgres said, dug out of the shapes that Prisma and the driver wrap it in. */
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
  if (error instanceof DatabaseError) return { sqlState: error.code ?? '', constraint: error.constraint ?? null };
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

/** What was read before the locks is no longer so: nothing is lost, and the whole transaction is to run again. */
export class ConcurrentChange extends Error {
  override name = 'ConcurrentChange';
}

/** Serialization failure, deadlock, or a change between look and lock: nothing happened, trying again is right. */
export function isRetryable(error: unknown): boolean {
  if (error instanceof ConcurrentChange) return true;
  const state = readSqlError(error)?.sqlState;
  return state === '40001' || state === '40P01';
}

/**
 * SQLSTATEs of a lock, a statement or a connection that did not come in time, of a server that is going away or is no
 * longer the one that writes, and of a connection that is lost.
 */
const BUSY_STATES = /^(55P03|57014|53300|57P0[1235]|25P03|25006|08...)$/;

/** Prisma's words for: no transaction in time, no connection in time, no server, connection closed. */
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

/** pg's own words where there is no code. */
const BUSY_MESSAGES =
  /timeout exceeded when trying to connect|Connection terminated|is not queryable|Can't reach database server/;

/** The database was too busy or out of reach: nothing that we know of happened, and coming again may help. */
export function isTimeout(error: unknown): boolean {
  const state = readSqlError(error)?.sqlState;
  if (state !== undefined && BUSY_STATES.test(state)) return true;
  if (!(error instanceof Error)) return false;
  return BUSY_CODES.includes((error as { code?: unknown }).code) || BUSY_MESSAGES.test(error.message);
}
