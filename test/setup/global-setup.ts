import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import type { TestProject } from 'vitest/node';
import { seedDemo } from '../../prisma/seed.ts';
import { readConfig } from '../../src/config.ts';
import { connectDatabase } from '../../src/db/connection/connect-database.ts';
import { startEmbeddedPostgres } from '../../src/db/embedded.ts';
import { migrate } from '../../src/db/migrate.ts';
import { numberEvents } from '../../src/services/feed/number-events.ts';
import { makeQuietContext } from '../../src/commands/context/quiet-context.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The database every test file clones: migrated, with the demo data. */
    templateUrl: string;
  }
}

/** One real Postgres for the whole run, in a folder of its own that goes with it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'holdfast-test-'));
  // Nothing here has to survive a power cut.
  const carefree = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' };
  const settings = { ...carefree, wal_level: 'minimal', max_wal_senders: '0', max_connections: '300' };
  const postgres = await startEmbeddedPostgres({ dataDir, settings });
  const stop = async () => {
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    await prepareTemplate(postgres.url);
  } catch (error) {
    await stop();
    throw error;
  }
  project.provide('templateUrl', postgres.url);
  return stop;
}

async function prepareTemplate(url: string): Promise<void> {
  await migrate(url);
  const db = connectDatabase({ url, poolSize: 2, onPoolError: () => undefined });
  const config = readConfig({ NODE_ENV: 'test' });
  const ctx = makeQuietContext({ config, db, log: pino({ level: 'silent' }) });
  await seedDemo(ctx);
  // No test waits for a sequencer to find what the demo data has announced.
  while ((await numberEvents(ctx)) > 0);
  await db.$disconnect();
}
