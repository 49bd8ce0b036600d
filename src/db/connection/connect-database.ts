import { createHash } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import type { Metrics } from '../../domain/ports/metrics.ts';
import { PrismaClient } from '../client.ts';
import type { Db } from '../client.ts';
import { openShortcut } from './shortcut.ts';
import { timeQueries, timer } from './time-queries.ts';

/** Deadlock detection (1 s) < lock < statement < transaction (5 s) < request (10 s): the innermost reports first. */
const LOCK_TIMEOUT_MS = 2_000;
const STATEMENT_TIMEOUT_MS = 4_000;
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 6_000;
/** How long a request waits for a connection before it is told that we are too busy. */
const POOL_WAIT_MS = 2_000;

/** Prepared statements per connection; past it, rare statements run unnamed so that memory stays bounded. */
const MAX_STATEMENT_NAMES = 500;

/** The database client: one pool, named prepared statements, timeouts on every session. */
export function connectDatabase(input: {
  url: string;
  poolSize: number;
  onPoolError: (error: Error) => void;
  /** For work that nobody waits for; by default what a request can wait for. */
  statementTimeoutMs?: number;
  /** Hears how long each statement took. */
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
  openShortcut(client, adapter, { nameOf, timed: timer(input.metrics) });
  return client;
}

function nameStatements(): (query: { sql: string }) => string {
  const names = new Map<string, string>();
  return ({ sql }) => {
    const known = names.get(sql);
    if (known !== undefined) return known;
    // An empty name is Postgres' unnamed statement: parsed each time, kept never.
    if (names.size >= MAX_STATEMENT_NAMES) return '';
    const name = `holdfast_${createHash('sha1').update(sql).digest('hex').slice(0, 24)}`;
    names.set(sql, name);
    return name;
  };
}
