import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
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
import { makeStripeGateway } from './integrations/stripe.ts';
import { Bell, startDrains } from './jobs/drains.ts';
import { startJobs } from './jobs/schedule.ts';
import { makeLog } from './log.ts';
import type { Sandbox } from './sandbox/spawn.ts';

/** Longer than any request may take; after it we leave without waiting on. */
const STOP_TIMEOUT_MS = 15_000;
/** How long stopping waits for the step of the start that is under way: less than the above, so that the rest still stops. */
const STEP_TIMEOUT_MS = 10_000;

/** What asks for an orderly end. Ctrl-C under npm sends it twice, closing a terminal sends several. */
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const SANDBOX_WEBHOOK_SECRET = 'whsec_sandbox';

/** What was started, in order; stopping goes the other way, also when a later step of the start fails. */
const started: { name: string; stop: () => Promise<void> }[] = [];

/** Aborted when stopping begins: then the start ends with the step that is under way. */
const stopping = new AbortController();

async function start(): Promise<void> {
  const config = readConfig();
  const log = makeLog(config);
  stopOnSignal(log);
  const databaseUrl = config.DATABASE_URL ?? (await step(startOwnPostgres(config))).url;
  const migrations = await step(migrate(databaseUrl));
  if (migrations.length > 0) log.info({ migrations }, 'migrated');

  const db = connectDatabase({
    url: databaseUrl,
    poolSize: config.DATABASE_POOL_SIZE,
    onPoolError: (error) => {
      log.warn({ err: { message: error.message } }, 'database connection lost');
    },
  });
  started.push({ name: 'database connections', stop: () => db.$disconnect() });

  const bell = new Bell();
  const sandbox = config.STRIPE_SECRET_KEY === undefined ? await step(startStripeSandbox(config)) : null;
  const gateway = makeStripeGateway({
    secretKey: config.STRIPE_SECRET_KEY ?? 'sk_test_sandbox',
    webhookSecret: config.STRIPE_WEBHOOK_SECRET ?? SANDBOX_WEBHOOK_SECRET,
    apiBase: config.STRIPE_API_BASE ?? sandbox?.url,
  });
  const nudge = () => {
    bell.ring();
  };
  let isListening = false;
  const isReady = () => isListening && !stopping.signal.aborted;
  const ctx: Context = { db, config, gateway, log, request: NO_REQUEST, isReady, nudge };
  if (config.DEMO_DATA) await step(seedDemo(ctx));
  if (config.RUN_JOBS) {
    started.push({ name: 'drains', ...startDrains(ctx, bell) });
    started.push({ name: 'schedules', ...startJobs(ctx) });
  }

  const app = await step(buildApp(ctx));
  started.push({ name: 'http', stop: async () => app.close() });
  const address = await step(app.listen({ host: config.HOST, port: config.PORT }));
  await sandbox?.sendWebhooksTo(`${address}/api/v1/webhooks/stripe`, SANDBOX_WEBHOOK_SECRET);
  isListening = true;
  log.info({ event: 'SERVER_READY', address, publicUrl: config.PUBLIC_URL }, 'ready');
  if (config.DEMO_DATA) console.error(welcome(config));
}

/** A step is never broken off, because a half-done migration or database helps nobody; but it may be the last one. */
async function step<T>(work: PromiseLike<T>): Promise<T> {
  const result = await work;
  stopping.signal.throwIfAborted();
  return result;
}

async function startOwnPostgres(config: Config): Promise<EmbeddedPostgres> {
  const embedded = await startEmbeddedPostgres({ dataDir: config.DATA_DIR, signal: stopping.signal });
  started.push({ name: 'postgres', stop: () => embedded.stop() });
  if (embedded.isOwner) return embedded;
  throw new StartError(
    `Another server uses the data folder ${config.DATA_DIR}. Stop it, or set DATA_DIR to another folder, ` +
      `or share its database: DATABASE_URL=${embedded.url}`,
  );
}

/** A stand-in for Stripe in a process of its own. Not part of the production image, so it is looked for only when needed. */
async function startStripeSandbox(config: Config): Promise<Sandbox> {
  const { spawnSandbox } = await import('./sandbox/spawn.ts');
  const sandbox = await spawnSandbox({ dataDir: config.DATA_DIR });
  started.push({ name: 'stripe sandbox', stop: () => sandbox.stop() });
  return sandbox;
}

/** A signal ends with exit 0, also when it comes during the start, comes twice or reaches the whole process group. */
function stopOnSignal(log: Context['log']): void {
  // The library would leave at once on a second signal, with requests half answered and Postgres running: the first is enough.
  const options = { delay: STOP_TIMEOUT_MS, logger: false as const, skip: [...STOP_SIGNALS] };
  const grace = closeWithGrace(options, async ({ err }) => {
    stopping.abort();
    if (err) log.fatal({ err }, 'stopping after an error that nothing caught');
    await Promise.race([starting, sleep(STEP_TIMEOUT_MS)]).catch(() => undefined);
    await stopAll();
  });
  for (const signal of STOP_SIGNALS) {
    process.on(signal, () => {
      if (stopping.signal.aborted) return;
      log.info({ event: 'SERVER_STOPPING', signal }, 'stopping');
      grace.close();
    });
  }
}

let stopped: Promise<void> | undefined;

/** Stops what was started, once, however many ask. One that fails keeps no other from stopping. */
function stopAll(): Promise<void> {
  return (stopped ??= stopEach());
}

async function stopEach(): Promise<void> {
  const failures: unknown[] = [];
  for (let part = started.pop(); part; part = started.pop()) {
    try {
      await part.stop();
    } catch (error) {
      failures.push(error);
      console.error(`Did not stop: ${part.name}.`, error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, 'Not everything stopped.');
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

const starting = start();
try {
  await starting;
} catch (error) {
  // Stopping ends a start in many ways, none of them news; whoever began it waits for the rest and leaves.
  if (!stopping.signal.aborted) {
    console.error(explain(error));
    await stopAll().catch(() => undefined);
    process.exit(1);
  }
}
