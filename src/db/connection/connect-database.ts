import { createHash } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import type { Metrics } from '../../domain/ports/metrics.ts';
import { PrismaClient } from '../client.ts';
import type { Db } from '../client.ts';
import { enableDirectQuery } from './direct-query.ts';
import { timeQueries, timer } from './time-queries.ts';

/** Timeouts: deadlock (1 s) < lock < statement < transaction (5 s) < request (10 s). The innermost fires first. */
const LOCK_TIMEOUT_MS = 2_000;
const STATEMENT_TIMEOUT_MS = 4_000;
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 6_000;
/** Longest wait for a connection; afterwards the caller receives 503. */
const POOL_WAIT_MS = 2_000;

/** Limit of prepared statements per connection; further statements run unnamed, so that memory is bounded. */
const MAX_STATEMENT_NAMES = 500;

/** Creates the database client: one pool, named prepared statements, timeouts on each session. */
export function connectDatabase(input: {
  url: string;
  poolSize: number;
  onPoolError: (error: Error) => void;
  /** Longer timeout for background work; by default the timeout of requests. */
  statementTimeoutMs?: number;
  /** Receives the duration of each statement. */
  metrics?: Pick<Metrics, 'observeQuery'>;
}): Db {
  const nameOf = nameStatements();
  const adapter = new PrismaPg(
    {
      connectionString: input.url,
      max: input.poolSize,
      connectionTimeoutMillis: POOL_WAIT_MS,
      lock_timeout: LOCK_TIMEOUT_MS,
      statement_timeout: input.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
      application_name: 'holdfast',
    },
    { statementNameGenerator: nameOf, onPoolError: input.onPoolError, onConnectionError: input.onPoolError },
  );
  if (input.metrics !== undefined) timeQueries(adapter, input.metrics);
  const client = new PrismaClient({ adapter });
  enableDirectQuery(client, adapter, { nameOf, timed: timer(input.metrics) });
  return client;
}

function nameStatements(): (query: { sql: string }) => string {
  const names = new Map<string, string>();
  return ({ sql }) => {
    const known = names.get(sql);
    if (known !== undefined) return known;
    // An empty name is Postgres' unnamed statement: parsed each time, never stored.
    if (names.size >= MAX_STATEMENT_NAMES) return '';
    const name = `holdfast_${createHash('sha1').update(sql).digest('hex').slice(0, 24)}`;
    names.set(sql, name);
    return name;
  };
}
