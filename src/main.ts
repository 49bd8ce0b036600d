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

/** What was started, in order; stopping goes the other way, also when a later step of the start fails. */
const started: { name: string; stop: () => Promise<void> }[] = [];

async function start(): Promise<void> {
  const config = readConfig();
  const log = makeLog(config);
  const databaseUrl = config.DATABASE_URL ?? (await startOwnPostgres(config)).url;
  const migrations = await migrate(databaseUrl);
  if (migrations.length > 0) log.info({ migrations }, 'migrated');

  const db = connectDatabase({
    url: databaseUrl,
    poolSize: config.DATABASE_POOL_SIZE,
    onPoolError: (error) => {
      log.warn({ err: { message: error.message } }, 'database connection lost');
    },
  });
  started.push({ name: 'database connections', stop: () => db.$disconnect() });

  let isReady = false;
  const ctx: Context = { db, config, log, request: NO_REQUEST, isReady: () => isReady };
  if (config.DEMO_DATA) await seedDemo(ctx);
  if (config.RUN_JOBS) started.push({ name: 'jobs', ...startJobs(ctx) });

  const app = await buildApp(ctx);
  started.push({ name: 'http', stop: async () => app.close() });
  stopOnSignal(log, () => {
    isReady = false;
  });
  const address = await app.listen({ host: config.HOST, port: config.PORT });
  isReady = true;
  log.info({ event: 'SERVER_READY', address, publicUrl: config.PUBLIC_URL }, 'ready');
  if (config.DEMO_DATA) console.error(welcome(config));
}

async function startOwnPostgres(config: Config): Promise<EmbeddedPostgres> {
  const embedded = await startEmbeddedPostgres({ dataDir: config.DATA_DIR });
  started.push({ name: 'postgres', stop: () => embedded.stop() });
  if (embedded.isOwner) return embedded;
  throw new StartError(
    `Another server uses the data folder ${config.DATA_DIR}. Stop it, or set DATA_DIR to another folder, ` +
      `or share its database: DATABASE_URL=${embedded.url}`,
  );
}

/** SIGTERM and SIGINT end with exit 0, also when they come twice or reach the whole process group. */
function stopOnSignal(log: Context['log'], onStop: () => void): void {
  // A second signal would make the library leave at once, with requests half answered; the first one is enough.
  const options = { delay: STOP_TIMEOUT_MS, logger: false as const, onSecondSignal: () => undefined };
  closeWithGrace(options, async ({ err, signal }) => {
    if (err) log.fatal({ err }, 'stopping after an error that nothing caught');
    else log.info({ event: 'SERVER_STOPPING', signal }, 'stopping');
    onStop();
    await stopAll();
  });
}

async function stopAll(): Promise<void> {
  for (const { stop } of started.splice(0).reverse()) await stop();
}

function welcome(config: Config): string {
  return `
  Holdfast runs at ${config.PUBLIC_URL}

    API        ${config.PUBLIC_URL}/docs
    Search     ${config.PUBLIC_URL}/api/v1/public/properties/harbour-hotel
    Staff      owner@harbour-hotel.example, frontdesk@monsoon-palace.example, …   password holdfast-demo
    Platform   admin@holdfast.example                                             password holdfast-demo

  npm run demo walks a stay through its life; npm run invariants looks for what must never be. Ctrl-C stops.
`;
}

/** What the person at the terminal is told when the start fails. */
function explain(error: unknown): unknown {
  if (error instanceof ConfigError || error instanceof StartError) return `Holdfast does not start.\n${error.message}`;
  const { code, port, address } = error as { code?: string; port?: number; address?: string };
  if (code === 'EADDRINUSE') {
    return `Holdfast does not start.\nPort ${String(port)} on ${String(address)} is taken. Stop what uses it, or set PORT to another one.`;
  }
  if (code === 'ECONNREFUSED' || code === 'ENOTFOUND') {
    return `Holdfast does not start.\nNo Postgres answers at DATABASE_URL (${code}).`;
  }
  return error;
}

try {
  await start();
} catch (error) {
  console.error(explain(error));
  await stopAll();
  process.exit(1);
}
