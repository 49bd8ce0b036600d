import process from 'node:process';
import { ConfigError, readConfig } from '../../config.ts';
import type { Context } from '../../context.ts';
import { connectDatabase } from '../../db/connection/connect-database.ts';
import { startEmbeddedPostgres, StartError } from '../../db/connection/embedded.ts';
import { migrate } from '../../db/connection/migrate.ts';
import { makeLog } from '../../log.ts';
import { makeQuietContext } from './quiet-context.ts';

/** Half an hour: no request waits for a command, and some commands read whole tables. */
const STATEMENT_TIMEOUT_MS = 30 * 60_000;

type Work = (ctx: Context, databaseUrl: string, isAlone: boolean) => Promise<number>;

/**
 * Runs a command on the server's database: DATABASE_URL, or the embedded Postgres in DATA_DIR.
 *
 * An embedded database that does not run is started and stopped again; `isAlone` is then true, because no other process
 * uses the data folder. `work` returns the exit code.
 */
export async function withContext(work: Work): Promise<void> {
  try {
    process.exitCode = await runWithContext(work);
  } catch (error) {
    const isExpected = error instanceof ConfigError || error instanceof StartError;
    console.error(isExpected ? error.message : error);
    process.exitCode = 1;
  }
}

async function runWithContext(work: Work): Promise<number> {
  const config = readConfig(undefined, { LOG_LEVEL: 'error' });
  const embedded = config.DATABASE_URL === undefined ? await startEmbeddedPostgres({ dataDir: config.DATA_DIR }) : null;
  const databaseUrl = embedded?.url ?? config.DATABASE_URL ?? '';
  try {
    // A new data folder has no tables yet. A database of DATABASE_URL is migrated only by an explicit command.
    if (embedded !== null) await migrate(databaseUrl);
    const db = connectDatabase({
      url: databaseUrl,
      poolSize: 2,
      onPoolError: () => undefined,
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    });
    try {
      const ctx = makeQuietContext({ config, db, log: makeLog(config) });
      return await work(ctx, databaseUrl, embedded?.isOwner === true);
    } finally {
      await db.$disconnect();
    }
  } finally {
    await embedded?.stop();
  }
}
