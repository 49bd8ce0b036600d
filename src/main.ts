import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import closeWithGrace from 'close-with-grace';
import { seedDemo } from '../prisma/seed.ts';
import { buildApp } from './app.ts';
import { ConfigError, readConfig } from './config.ts';
import type { Config } from './config.ts';
import type { Context } from './context.ts';
import { connectDatabase } from './db/connection/connect-database.ts';
import { startEmbeddedPostgres, StartError } from './db/embedded.ts';
import type { EmbeddedPostgres } from './db/embedded.ts';
import { listenToFeeds } from './db/connection/listen.ts';
import { migrate } from './db/migrate.ts';
import type { Realtime } from './domain/ports/realtime.ts';
import type { Gateway } from './domain/ports/gateway.ts';
import type { RequestCounter } from './domain/ports/request-counter.ts';
import { NO_REQUEST } from './domain/ports/request-scope.ts';
import { MemoryAnswerCache } from './http/kept/answer-cache.ts';
import { countInProcess } from './http/limits/count-in-process.ts';
import { makePusher } from './integrations/pusher.ts';
import { makeStripeGateway } from './integrations/stripe.ts';
import { Bell, startDrains } from './jobs/drains.ts';
import { FeedBell } from './jobs/feed-bell.ts';
import { startJobs } from './jobs/schedule.ts';
import { makeLog } from './log.ts';
import { makeMetrics } from './integrations/metrics.ts';
import type { RunningMetrics } from './integrations/metrics.ts';
import { openPusherCursors } from './services/feed/deliver-events.ts';
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
  const withSpans = await traceWhereAsked(config, log);
  const databaseUrl = config.DATABASE_URL ?? (await step(startOwnPostgres(config))).url;
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

  const bell = new Bell();
  const sandbox = config.STRIPE_SECRET_KEY === undefined ? await step(startStripeSandbox(config)) : null;
  const gateway = withSpans(connectStripe(config, sandbox));
  const nudge = () => {
    bell.ring();
  };
  const cache = new MemoryAnswerCache(metrics);
  const feeds = new FeedBell();
  const realtime = connectRealtime(config, sandbox, log);
  let isListening = false;
  const isReady = () => isListening && !stopping.signal.aborted;
  const parts = { db, config, cache, gateway, realtime, feeds, log, metrics };
  const ctx: Context = { ...parts, request: NO_REQUEST, isReady, nudge };
  if (config.DEMO_DATA) await step(seedDemo(ctx));
  if (realtime !== null) await step(openPusherCursors(ctx));
  if (config.RUN_JOBS) {
    started.push({ name: 'drains', ...startDrains(ctx, bell) });
    started.push({ name: 'schedules', ...startJobs(ctx) });
  }

  hearOfChanges(databaseUrl, { cache, feeds, keepsAnswers: config.KEEP_ANSWERS });
  const app = await step(buildApp(ctx, await step(makeCounter(config, log))));
  started.push({ name: 'http', stop: async () => app.close() });
  const address = await step(app.listen({ host: config.HOST, port: config.PORT }));
  await sandbox?.sendWebhooksTo(`${address}/api/v1/webhooks/stripe`, SANDBOX_WEBHOOK_SECRET);
  isListening = true;
  log.info({ event: 'SERVER_READY', address, publicUrl: config.PUBLIC_URL }, 'ready');
  if (config.DEMO_DATA) console.error(welcome(config, sandbox));
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

function startMetrics(): RunningMetrics {
  const metrics = makeMetrics();
  started.push({ name: 'metrics', stop: () => metrics.stop() });
  return metrics;
}

/** What any process commits throws away the kept answers that it touches, and wakes those who watch. */
function hearOfChanges(
  databaseUrl: string,
  { cache, feeds, keepsAnswers }: { cache: MemoryAnswerCache; feeds: FeedBell; keepsAnswers: boolean },
): void {
  const listener = listenToFeeds(databaseUrl, {
    onGrown: (changes) => {
      cache.hear(changes);
      feeds.ring(changes.map(({ slug }) => slug));
    },
    onHearing: (isHearing) => {
      cache.setHearing(isHearing && keepsAnswers);
      feeds.setHearing(isHearing);
    },
  });
  started.push({ name: 'feed listener', ...listener });
}

/** The realtime service that is configured, or the sandbox's; without one, people watch by the stream. */
function connectRealtime(config: Config, sandbox: Sandbox | null, log: Context['log']): Realtime | null {
  if (config.pusher !== null) return makePusher(config.pusher);
  if (sandbox !== null) return makePusher({ ...sandbox.pusher, cluster: '', host: sandbox.pusher.url });
  log.warn({ event: 'NO_REALTIME' }, 'no realtime service: set PUSHER_APP_ID and the others');
  return null;
}

/** Stripe, or the stand-in for it. */
function connectStripe(config: Config, sandbox: Sandbox | null): Gateway {
  return makeStripeGateway({
    secretKey: config.STRIPE_SECRET_KEY ?? 'sk_test_sandbox',
    webhookSecret: config.STRIPE_WEBHOOK_SECRET ?? SANDBOX_WEBHOOK_SECRET,
    apiBase: config.STRIPE_API_BASE ?? sandbox?.url,
  });
}

/** Answers what adds spans to a gateway. Where no collector is configured, that is nothing, and the SDK is not even loaded. */
async function traceWhereAsked(config: Config, log: Context['log']): Promise<(gateway: Gateway) => Gateway> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_SERVICE_NAME: serviceName } = config;
  if (endpoint === undefined) return (gateway) => gateway;
  const { startTracing, traceGateway } = await import('./integrations/tracing.ts');
  const tracing = startTracing({ endpoint, serviceName, ...logOutages(log, 'collector of traces') });
  started.push({ name: 'tracing', ...tracing });
  return traceGateway;
}

/**
 * What rate limits count with: Redis, so that several servers keep one limit, or else the memory of this one.
 *
 * Its client is loaded only where there is a Redis, because every start would wait for it.
 */
async function makeCounter(config: Config, log: Context['log']): Promise<RequestCounter> {
  const fallback = countInProcess();
  if (config.REDIS_URL === undefined) return fallback;
  const { makeRedisCounter } = await import('./integrations/redis.ts');
  const counter = makeRedisCounter({ url: config.REDIS_URL, fallback, ...logOutages(log, 'redis') });
  started.push({ name: 'redis', stop: () => counter.stop() });
  return counter;
}

/** One line when something that is not vital goes away, and one when it is back. */
function logOutages(log: Context['log'], name: string) {
  return {
    onOutage: (reason: string) => {
      log.warn({ event: 'CONNECTION_LOST', name, reason }, `${name} does not answer`);
    },
    onReturn: () => {
      log.info({ event: 'CONNECTION_BACK', name }, `${name} answers again`);
    },
  };
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

function welcome(config: Config, sandbox: Sandbox | null): string {
  const sink = sandbox === null ? '' : `\n    Realtime   ${sandbox.pusher.url}/_sandbox shows what was published`;
  return `
  Holdfast runs at ${config.PUBLIC_URL}

    API        ${config.PUBLIC_URL}/docs
    Search     ${config.PUBLIC_URL}/api/v1/public/properties/harbour-hotel
               …/monsoon-palace, …/ember-hibachi, …/glow-medspa
    Staff      owner@harbour-hotel.example, frontdesk@monsoon-palace.example, …   password holdfast-demo
    Platform   admin@holdfast.example                                             password holdfast-demo${sink}

  npm run demo walks bookings through their life; npm run invariants looks for what must never be. Ctrl-C stops.
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
