import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type {
  GatewayOperationKind,
  GatewayOutcome,
  Metrics,
  QueueState,
  WebhookOutcome,
} from '../domain/ports/metrics.ts';
import type { ActionOutcome } from '../domain/ports/metrics.ts';
import type { LogEvent } from '../domain/ports/log-events.ts';
import { ERRORS } from '../errors.ts';
import { measureProcess } from './process-metrics.ts';

/** From what a cached answer takes to where every request has been given up. */
const REQUEST_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** A statement is ended after four seconds, and may have waited two for a connection. */
const QUERY_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 6];
/** Sweeps come every 5 s and must release within 30. */
const EXPIRY_SECONDS = [1, 2.5, 5, 10, 30, 60, 300, 1_800];
const PUBLISH_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 30, 60];

/** What success rates are made of. There from the start, because a rate does not see a series that begins at one. */
const WATCHED_ACTIONS: readonly LogEvent[] = ['booking/create', 'payment/session'];
const WATCHED_OUTCOMES: readonly ActionOutcome[] = ['ok', 'internal_error', 'overloaded', 'gateway_unavailable'];
const WEBHOOK_OUTCOMES: readonly WebhookOutcome[] = ['processed', 'postponed', 'failed'];
const GATEWAY_KINDS: readonly GatewayOperationKind[] = [
  'CREATE_SESSION',
  'EXPIRE_SESSION',
  'CAPTURE',
  'VOID',
  'REFUND',
];
const GATEWAY_OUTCOMES: readonly GatewayOutcome[] = ['ok', 'refused', 'unknown'];
const CONFLICT_STATUS = 409;

export interface RunningMetrics extends Metrics {
  /** Ends the watch over the event loop. */
  stop(): Promise<void>;
}

/** The measurements of this process, in a registry of their own: several servers in one process don't share a number. */
export function makeMetrics(): RunningMetrics {
  const registry = new Registry();
  const own = measureProcess(registry);
  return { ...makeCounters(registry), ...makeDelays(registry), ...makeRendering(registry), ...own };
}

type Counters = Pick<Metrics, 'countAction' | 'countWebhook' | 'countGatewayOperation' | 'countCache'>;

function makeCounters(registry: Registry): Counters {
  const registers = [registry];
  const actions = new Counter({
    name: 'holdfast_actions_total',
    help: 'What was asked for, by how it ended: ok, dry_run, replayed, or the code of the refusal.',
    labelNames: ['event', 'outcome'] as const,
    registers,
  });
  const conflicts = new Counter({
    name: 'holdfast_conflicts_total',
    help: 'Actions refused because of what others did (409), by code.',
    labelNames: ['code'] as const,
    registers,
  });
  const webhooks = new Counter({
    name: 'holdfast_webhooks_total',
    help: 'Attempts to process an event of the gateway: processed, postponed to a later attempt, or failed for good.',
    labelNames: ['outcome'] as const,
    registers,
  });
  const operations = new Counter({
    name: 'holdfast_gateway_operations_total',
    help: 'What the gateway was asked to do: ok and refused once each, unknown once per attempt without an answer.',
    labelNames: ['kind', 'outcome'] as const,
    registers,
  });
  const cacheReads = new Counter({
    name: 'holdfast_cache_reads_total',
    help: 'Reads that may be answered from memory, by whether they were.',
    labelNames: ['result'] as const,
    registers,
  });
  for (const event of WATCHED_ACTIONS) for (const outcome of WATCHED_OUTCOMES) actions.inc({ event, outcome }, 0);
  for (const code of ['sold_out', 'slot_taken', 'room_taken']) conflicts.inc({ code }, 0);
  for (const outcome of WEBHOOK_OUTCOMES) webhooks.inc({ outcome }, 0);
  for (const kind of GATEWAY_KINDS) for (const outcome of GATEWAY_OUTCOMES) operations.inc({ kind, outcome }, 0);
  for (const result of ['hit', 'miss']) cacheReads.inc({ result }, 0);
  return {
    countAction: (event, outcome) => {
      actions.inc({ event, outcome });
      if (isConflict(outcome)) conflicts.inc({ code: outcome });
    },
    countWebhook: (outcome) => {
      webhooks.inc({ outcome });
    },
    countGatewayOperation: (kind, outcome) => {
      operations.inc({ kind, outcome });
    },
    countCache: (result) => {
      cacheReads.inc({ result });
    },
  };
}

function isConflict(outcome: ActionOutcome): boolean {
  if (outcome === 'ok' || outcome === 'dry_run' || outcome === 'replayed') return false;
  return ERRORS[outcome].status === CONFLICT_STATUS;
}

type Delays = Pick<Metrics, 'observeHoldExpiryDelay' | 'observePublishDelay' | 'observeQuery' | 'observeRequest'>;

function makeDelays(registry: Registry): Delays {
  const registers = [registry];
  const histogram = (name: string, help: string, buckets: number[]) =>
    new Histogram({ name, help, buckets, registers });
  const expiry = histogram(
    'holdfast_hold_expiry_delay_seconds',
    'How long after its deadline a hold was released.',
    EXPIRY_SECONDS,
  );
  const publishing = histogram(
    'holdfast_event_publish_delay_seconds',
    'How long after its commit an event could be read.',
    PUBLISH_SECONDS,
  );
  const queries = histogram(
    'holdfast_database_query_duration_seconds',
    'One statement, with the wait for a connection.',
    QUERY_SECONDS,
  );
  const requests = new Counter({
    name: 'holdfast_http_requests_total',
    help: 'Requests answered, by route pattern and status.',
    labelNames: ['method', 'route', 'status'] as const,
    registers,
  });
  // Without the status, which would multiply the buckets.
  const durations = new Histogram({
    name: 'holdfast_http_request_duration_seconds',
    help: 'From the arrival of a request to the end of its answer, by route pattern.',
    labelNames: ['method', 'route'] as const,
    buckets: REQUEST_SECONDS,
    registers,
  });
  return {
    observeHoldExpiryDelay: (seconds) => {
      expiry.observe(seconds);
    },
    observePublishDelay: (seconds) => {
      publishing.observe(seconds);
    },
    observeQuery: (seconds) => {
      queries.observe(seconds);
    },
    observeRequest: ({ method, route, status, seconds }) => {
      requests.inc({ method, route, status });
      durations.observe({ method, route }, seconds);
    },
  };
}

function makeRendering(registry: Registry): Pick<Metrics, 'render'> {
  const registers = [registry];
  const up = new Gauge({
    name: 'holdfast_database_up',
    help: 'Whether the database answered this scrape; without it there is nothing to tell of the queues.',
    registers,
  });
  const depth = new Gauge({
    name: 'holdfast_queue_depth',
    help: 'What is due or overdue in the database, and what waits for the gateway or a person to settle it.',
    labelNames: ['queue'] as const,
    registers,
  });
  const oldest = new Gauge({
    name: 'holdfast_queue_oldest_seconds',
    help: 'How long the oldest of a queue has been waiting.',
    labelNames: ['queue'] as const,
    registers,
  });
  const show = (queues: readonly QueueState[] | null) => {
    up.set(queues === null ? 0 : 1);
    // What is not known is not shown, rather than shown as it was.
    depth.reset();
    oldest.reset();
    for (const { queue, depth: count, oldestSeconds } of queues ?? []) {
      depth.set({ queue }, count);
      oldest.set({ queue }, oldestSeconds);
    }
  };
  return {
    render: async (queues) => {
      show(queues);
      return { contentType: registry.contentType, body: await registry.metrics() };
    },
  };
}
