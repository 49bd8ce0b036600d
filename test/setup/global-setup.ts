import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import type { TestProject } from 'vitest/node';
import { seedDemo } from '../../prisma/seed.ts';
import { readConfig } from '../../src/config.ts';
import { connectDatabase } from '../../src/db/connection/connect-database.ts';
import { startEmbeddedPostgres } from '../../src/db/connection/embedded.ts';
import { migrate } from '../../src/db/connection/migrate.ts';
import { numberEvents } from '../../src/services/core/feed/number-events.ts';
import { makeQuietContext } from '../../src/commands/context/quiet-context.ts';
import { SEED, TIER } from '../support/tier/tier.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The database every test file clones: migrated, with the demo data. */
    templateUrl: string;
  }
}

/** One real Postgres for the whole run, in a folder of its own that goes with it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  if (TIER !== 'small') console.info(`Tier ${TIER}, TEST_SEED=${String(SEED)}`);
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
  // The guests of most tests are one person; the limit has its own tests.
  await ctx.db.property.updateMany({ data: { maxOpenHolds: 50 } });
  // No test waits for a sequencer to find what the demo data has announced.
  while ((await numberEvents(ctx)) > 0);
  await db.$disconnect();
}
