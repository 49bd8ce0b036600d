import closeWithGrace from 'close-with-grace';
import { seedDemo } from '../prisma/seed.ts';
import { buildApp } from './app.ts';
import { ConfigError, readConfig } from './config.ts';
import type { Config } from './config.ts';
import type { Context } from './context.ts';
import { connectDatabase } from './db/client.ts';
import { startEmbeddedPostgres, StartError } from './db/embedded.ts';
import type { EmbeddedPostgres } from './db/embedded.ts';
import { migrate } from './db/migrate.ts';
import { NO_REQUEST } from './domain/request-scope.ts';
import { startJobs } from './jobs/schedule.ts';
import { makeLog } from './log.ts';

/** Longer than any request may take; after it we leave without waiting on. */
const STOP_TIMEOUT_MS = 15_000;

async function start(): Promise<void> {
  const config = readConfig();
  const log = makeLog(config);
  const embedded = config.DATABASE_URL === undefined ? await startOwnPostgres(config) : null;
  const databaseUrl = embedded?.url ?? config.DATABASE_URL ?? '';
  const migrations = await migrate(databaseUrl);
  if (migrations.length > 0) log.info({ migrations }, 'migrated');

  const db = connectDatabase({
    url: databaseUrl,
    poolSize: config.DATABASE_POOL_SIZE,
    onPoolError: (error) => log.warn({ err: { message: error.message } }, 'database connection lost'),
  });
  let isReady = false;
  const ctx: Context = { db, config, log, request: NO_REQUEST, isReady: () => isReady };
  const demo = config.DEMO_DATA ? await seedDemo(ctx) : null;
  const jobs = config.RUN_JOBS ? startJobs(ctx) : null;
  const app = await buildApp(ctx);

  closeWithGrace({ delay: STOP_TIMEOUT_MS, logger: { error: (message: unknown) => log.error({ err: message }, 'stopping') } }, async ({ err, signal }) => {
    if (err) log.fatal({ err }, 'stopping after an error that nothing caught');
    else log.info({ event: 'SERVER_STOPPING', signal }, 'stopping');
    isReady = false;
    await app.close();
    await jobs?.stop();
    await db.$disconnect();
    await embedded?.stop();
  });

  await listen();
  isReady = true;
  log.info({ event: 'SERVER_READY', url: config.PUBLIC_URL }, 'ready');
  if (demo !== null && process.stdout.isTTY) console.log(welcome(config, databaseUrl));

  async function listen(): Promise<void> {
    try {
      await app.listen({ host: config.HOST, port: config.PORT });
    } catch (error) {
      await embedded?.stop();
      if ((error as { code?: string }).code !== 'EADDRINUSE') throw error;
      throw new StartError(`Port ${String(config.PORT)} on ${config.HOST} is taken. Stop what uses it, or set PORT to another one.`);
    }
  }
}

async function startOwnPostgres(config: Config): Promise<EmbeddedPostgres> {
  const embedded = await startEmbeddedPostgres({ dataDir: config.DATA_DIR });
  if (embedded.isOwner) return embedded;
  await embedded.stop();
  throw new StartError(
    `Another server uses the data folder ${config.DATA_DIR}. Stop it, set DATA_DIR to another folder, or share its database with DATABASE_URL=${embedded.url}`,
  );
}

function welcome(config: Config, databaseUrl: string): string {
  return `
  Holdfast runs at ${config.PUBLIC_URL}

    API        ${config.PUBLIC_URL}/docs
    Search     ${config.PUBLIC_URL}/api/v1/public/properties/harbour-hotel
    Database   ${databaseUrl}

    Staff      owner@harbour-hotel.example, frontdesk@monsoon-palace.example, …   password holdfast-demo
    Platform   admin@holdfast.example                                             password holdfast-demo

  npm run demo walks a stay through its life; npm run invariants looks for what must never be. Stop with Ctrl-C.
`;
}

try {
  await start();
} catch (error) {
  const isForThePerson = error instanceof ConfigError || error instanceof StartError;
  console.error(isForThePerson ? `Holdfast does not start:\n${error.message}` : error);
  process.exit(1);
}
