import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import closeWithGrace from 'close-with-grace';
import { seedDemo } from '../prisma/seed.ts';
import { buildApp } from './app.ts';
import { ConfigError, readConfig } from './config.ts';
import type { Config } from './config.ts';
import type { Context } from './context.ts';
import { connectDatabase } from './db/connection/connect-database.ts';
import { startEmbeddedPostgres, StartError } from './db/connection/embedded.ts';
import type { EmbeddedPostgres } from './db/connection/embedded.ts';
import { listenToFeeds } from './db/connection/listen.ts';
import { migrate } from './db/connection/migrate.ts';
import type { Realtime } from './domain/ports/realtime.ts';
import type { Gateway } from './domain/ports/gateway.ts';
import type { RequestCounter } from './domain/ports/request-counter.ts';
import { MemoryResponseCache } from './http/response-cache/memory-response-cache.ts';
import { countInProcess } from './http/limits/count-in-process.ts';
import { makePusher } from './integrations/pusher.ts';
import { makeStripeGateway } from './integrations/stripe.ts';
import { Notifier, startDrains } from './jobs/drains.ts';
import { MemoryFeedNotifier } from './jobs/feed-notifier.ts';
import { startJobs } from './jobs/schedule.ts';
import { makeLog } from './log.ts';
import { makeMetrics } from './integrations/metrics.ts';
import type { RunningMetrics } from './integrations/metrics.ts';
import { openCursors } from './services/core/feed/delivery/open-cursors.ts';
import { listSenders } from './services/core/feed/delivery/senders.ts';
import type { Sandbox } from './sandbox/spawn.ts';

/** Limit for the shutdown, above the request timeout of 10 s; the process then exits at once. */
const STOP_TIMEOUT_MS = 15_000;
/** Wait of the shutdown for a start step in progress; below STOP_TIMEOUT_MS, so that the other parts still stop. */
const START_STEP_TIMEOUT_MS = 10_000;

/** Signals for a graceful shutdown. Ctrl-C under npm sends SIGINT twice; a closed terminal sends several signals. */
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const SANDBOX_WEBHOOK_SECRET = 'whsec_sandbox';

/** The started parts in order of start. The shutdown, also after a failed start, stops the parts in reverse order. */
const started: { name: string; stop: () => Promise<void> }[] = [];

/** Aborted when the shutdown begins; the start then ends after the step in progress. */
const stopping = new AbortController();

async function start(): Promise<void> {
  const config = readConfig();
  const log = makeLog(config);
  stopOnSignal(log);
  const withSpans = await startTracingIfConfigured(config, log);
  const databaseUrl = config.DATABASE_URL ?? (await step(startEmbeddedDatabase(config))).url;
  const migrations = await step(migrate(databaseUrl));
  if (migrations.length > 0) log.info({ migrations }, 'migrated');

  const metrics = startMetrics();
  const db = connectDatabase({
    url: databaseUrl,
    poolSize: config.DATABASE_POOL_SIZE,
    metrics,
    onPoolError: (error) => {
      log.warn({ err: { message: error.message } }, 'database connection lost');
    },
  });
  started.push({ name: 'database connections', stop: () => db.$disconnect() });

  const notifier = new Notifier();
  const sandbox = config.STRIPE_SECRET_KEY === undefined ? await step(startSandbox(config)) : null;
  const gateway = withSpans(connectStripe(config, sandbox));
  const nudge = () => {
    notifier.notify();
  };
  const cache = new MemoryResponseCache(metrics);
  const feeds = new MemoryFeedNotifier();
  const realtime = connectRealtime(config, sandbox, log);
  let isListening = false;
  const isReady = () => isListening && !stopping.signal.aborted;
  const parts = { db, config, cache, gateway, realtime, feeds, log, metrics };
  const ctx: Context = { ...parts, request: null, isReady, nudge };
  if (config.DEMO_DATA) await step(seedDemo(ctx));
  for (const sender of listSenders(ctx)) await step(openCursors(ctx, sender));
  if (config.RUN_JOBS) {
    started.push({ name: 'drains', ...startDrains(ctx, notifier) });
    started.push({ name: 'schedules', ...startJobs(ctx) });
  }

  listenForChanges(databaseUrl, { cache, feeds, isCacheEnabled: config.KEEP_ANSWERS });
  const app = await step(buildApp(ctx, await step(makeCounter(config, log))));
  started.push({ name: 'http', stop: async () => app.close() });
  const address = await step(app.listen({ host: config.HOST, port: config.PORT }));
  await sandbox?.sendWebhooksTo(`${address}/api/v1/webhooks/stripe`, SANDBOX_WEBHOOK_SECRET);
  isListening = true;
  log.info({ event: 'SERVER_READY', address, publicUrl: config.PUBLIC_URL }, 'ready');
  if (config.DEMO_DATA) console.error(welcome(config, sandbox));
}

/** Finishes a start step, then ends the start when a shutdown has begun: an interrupted migration would do harm. */
async function step<T>(work: PromiseLike<T>): Promise<T> {
  const result = await work;
  stopping.signal.throwIfAborted();
  return result;
}

/** Starts the embedded Postgres. Throws: StartError when another server uses the data folder. */
async function startEmbeddedDatabase(config: Config): Promise<EmbeddedPostgres> {
  const embedded = await startEmbeddedPostgres({ dataDir: config.DATA_DIR, signal: stopping.signal });
  started.push({ name: 'postgres', stop: () => embedded.stop() });
  if (embedded.isOwner) return embedded;
  throw new StartError(
    `Another server uses the data folder ${config.DATA_DIR}. Stop the other server, or set DATA_DIR to another folder, ` +
      `or share the database of the other server: DATABASE_URL=${embedded.url}`,
  );
}

function startMetrics(): RunningMetrics {
  const metrics = makeMetrics();
  started.push({ name: 'metrics', stop: () => metrics.stop() });
  return metrics;
}

/** Listens for the changes of all processes: invalidates cached responses and notifies feed readers. */
function listenForChanges(
  databaseUrl: string,
  { cache, feeds, isCacheEnabled }: { cache: MemoryResponseCache; feeds: MemoryFeedNotifier; isCacheEnabled: boolean },
): void {
  const listener = listenToFeeds(databaseUrl, {
    onGrown: (changes) => {
      cache.receive(changes);
      feeds.notify(changes.map(({ slug }) => slug));
    },
    onListening: (isListening) => {
      cache.setListening(isListening && isCacheEnabled);
      feeds.setListening(isListening);
    },
  });
  started.push({ name: 'feed listener', ...listener });
}

/** Connects to the configured realtime service or the sandbox. Without a service, clients use the event stream. */
function connectRealtime(config: Config, sandbox: Sandbox | null, log: Context['log']): Realtime | null {
  if (config.pusher !== null) return makePusher(config.pusher);
  if (sandbox !== null) return makePusher({ ...sandbox.pusher, cluster: '', host: sandbox.pusher.url });
  log.warn({ event: 'NO_REALTIME' }, 'no realtime service: set the PUSHER_ variables to publish events to Pusher');
  return null;
}

/** Connects to Stripe or the local stand-in. */
function connectStripe(config: Config, sandbox: Sandbox | null): Gateway {
  return makeStripeGateway({
    secretKey: config.STRIPE_SECRET_KEY ?? 'sk_test_sandbox',
    webhookSecret: config.STRIPE_WEBHOOK_SECRET ?? SANDBOX_WEBHOOK_SECRET,
    apiBase: config.STRIPE_API_BASE ?? sandbox?.url,
  });
}

/** Starts tracing when a collector is configured; else the SDK is not loaded. Returns: a wrapper for the gateway. */
async function startTracingIfConfigured(config: Config, log: Context['log']): Promise<(gateway: Gateway) => Gateway> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_SERVICE_NAME: serviceName } = config;
  if (endpoint === undefined) return (gateway) => gateway;
  const { startTracing, traceGateway } = await import('./integrations/tracing.ts');
  const tracing = startTracing({ endpoint, serviceName, ...logOutages(log, 'trace collector') });
  started.push({ name: 'tracing', ...tracing });
  return traceGateway;
}

/**
 * Makes the counter of the rate limits: in Redis, shared by all servers, or in the memory of this process.
 *
 * Loads the Redis client only when configured: every start would wait for the import (about 30 ms).
 */
async function makeCounter(config: Config, log: Context['log']): Promise<RequestCounter> {
  const fallback = countInProcess();
  if (config.REDIS_URL === undefined) return fallback;
  const { makeRedisCounter } = await import('./integrations/redis.ts');
  const counter = makeRedisCounter({ url: config.REDIS_URL, fallback, ...logOutages(log, 'redis') });
  started.push({ name: 'redis', stop: () => counter.stop() });
  return counter;
}

/** Logs the outage and the return of an optional service, a line each. */
function logOutages(log: Context['log'], name: string) {
  return {
    onOutage: (reason: string) => {
      log.warn({ event: 'CONNECTION_LOST', name, reason }, `${name} is unavailable`);
    },
    onReturn: () => {
      log.info({ event: 'CONNECTION_BACK', name }, `${name} is available again`);
    },
  };
}

/** Starts the stand-ins for Stripe and Pusher. Imported on demand: the production image has no sandbox. */
async function startSandbox(config: Config): Promise<Sandbox> {
  const { spawnSandbox } = await import('./sandbox/spawn.ts');
  const sandbox = await spawnSandbox({ dataDir: config.DATA_DIR });
  started.push({ name: 'sandbox', stop: () => sandbox.stop() });
  return sandbox;
}

/** Shuts down on a signal, with exit code 0: also during the start, twice, or sent to the whole process group. */
function stopOnSignal(log: Context['log']): void {
  // `skip` disables the library's handlers: on a second signal the library would exit at once, with Postgres running.
  const options = { delay: STOP_TIMEOUT_MS, logger: false as const, skip: [...STOP_SIGNALS] };
  const grace = closeWithGrace(options, async ({ err }) => {
    stopping.abort();
    if (err) log.fatal({ err }, 'stopping after an uncaught error');
    await Promise.race([starting, sleep(START_STEP_TIMEOUT_MS)]).catch(() => undefined);
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

/** Stops all started parts. Idempotent: later calls wait for the first. A failed part does not prevent the others. */
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
      console.error(`Failed to stop: ${part.name}.`, error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, 'Some parts failed to stop.');
}

function welcome(config: Config, sandbox: Sandbox | null): string {
  const realtime = sandbox === null ? '' : `\n    Realtime   ${sandbox.pusher.url}/_sandbox lists the published events`;
  return `
  Holdfast is running at ${config.PUBLIC_URL}

    API docs   ${config.PUBLIC_URL}/docs
    Example    ${config.PUBLIC_URL}/api/v1/public/properties/harbour-hotel
               …/monsoon-palace, …/ember-hibachi, …/glow-medspa
    Staff      owner@harbour-hotel.example, frontdesk@monsoon-palace.example, …   password holdfast-demo
    Platform   admin@holdfast.example                                             password holdfast-demo${realtime}

  In another terminal: npm run demo runs bookings from search to check-out; npm run invariants checks every invariant.
  Press Ctrl-C to stop.
`;
}

/** Explains a failed start to the person at the terminal. */
function explain(error: unknown): unknown {
  if (error instanceof ConfigError || error instanceof StartError) return `Holdfast could not start.\n${error.message}`;
  const { code, port, address } = error as { code?: string; port?: number; address?: string };
  if (code === 'EADDRINUSE') {
    const advice = 'Stop the process that uses the port, or set PORT to another port.';
    return `Holdfast could not start.\nPort ${String(port)} on ${String(address)} is in use. ${advice}`;
  }
  if (code === 'ECONNREFUSED' || code === 'ENOTFOUND') {
    return `Holdfast could not start.\nCannot connect to Postgres at DATABASE_URL (${code}).`;
  }
  return error;
}

const starting = start();
try {
  await starting;
} catch (error) {
  // Errors of a start that a shutdown interrupted are expected; the signal handler finishes the shutdown.
  if (!stopping.signal.aborted) {
    console.error(explain(error));
    await stopAll().catch(() => undefined);
    process.exit(1);
  }
}
