import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import type { TestProject } from 'vitest/node';
import { seedDemo } from '../../prisma/seed.ts';
import { readConfig } from '../../src/config.ts';
import { connectDatabase } from '../../src/db/client.ts';
import { startEmbeddedPostgres } from '../../src/db/embedded.ts';
import { migrate } from '../../src/db/migrate.ts';
import { makeStripeGateway } from '../../src/integrations/stripe.ts';
import { NO_REQUEST } from '../../src/domain/request-scope.ts';

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
  const settings = { fsync: 'off', full_page_writes: 'off', max_connections: '300' };
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
  const gateway = makeStripeGateway({ secretKey: 'sk_test_none', webhookSecret: '', apiBase: 'http://127.0.0.1:1' });
  const log = pino({ level: 'silent' });
  await seedDemo({ db, config, gateway, log, request: NO_REQUEST, isReady: () => true, nudge: () => undefined });
  await db.$disconnect();
}
