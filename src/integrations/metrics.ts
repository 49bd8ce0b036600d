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

/** From the time of a cached response to the request timeout of 10 s. */
const REQUEST_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** Up to the statement timeout of 4 s plus 2 s of waiting for a connection. */
const QUERY_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 6];
/** The sweep runs every 5 s and must release a hold within 30 s. */
const EXPIRY_SECONDS = [1, 2.5, 5, 10, 30, 60, 300, 1_800];
const PUBLISH_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 30, 60];

/** Series of the success rates. Initialized to 0, because a rate misses the first increment of a new series. */
const WATCHED_ACTIONS: readonly LogEvent[] = ['booking/create', 'payment/session'];
const WATCHED_ACTION_OUTCOMES: readonly ActionOutcome[] = ['ok', 'internal_error', 'overloaded', 'gateway_unavailable'];
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
  /** Stops the monitor of the event loop. */
  stop(): Promise<void>;
}

/** Makes the metrics of a server in a separate registry, so that servers in the same process share no counter. */
export function makeMetrics(): RunningMetrics {
  const registry = new Registry();
  const processMetrics = measureProcess(registry);
  return { ...makeCounters(registry), ...makeDelays(registry), ...makeRendering(registry), ...processMetrics };
}

type Counters = Pick<Metrics, 'countAction' | 'countWebhook' | 'countGatewayOperation' | 'countCache'>;

function makeCounters(registry: Registry): Counters {
  const registers = [registry];
  const actions = new Counter({
    name: 'holdfast_actions_total',
    help: 'Actions by outcome: ok, dry_run, replayed, or the error code.',
    labelNames: ['event', 'outcome'] as const,
    registers,
  });
  const conflicts = new Counter({
    name: 'holdfast_conflicts_total',
    help: 'Actions refused because of a conflict (409), by error code.',
    labelNames: ['code'] as const,
    registers,
  });
  const webhooks = new Counter({
    name: 'holdfast_webhooks_total',
    help: 'Attempts to process a gateway event: processed, postponed to a later attempt, or failed permanently.',
    labelNames: ['outcome'] as const,
    registers,
  });
  const operations = new Counter({
    name: 'holdfast_gateway_operations_total',
    help: 'Gateway operations: ok or refused once per operation, unknown once per attempt without a response.',
    labelNames: ['kind', 'outcome'] as const,
    registers,
  });
  const cacheReads = new Counter({
    name: 'holdfast_cache_reads_total',
    help: 'Cacheable reads by result: hit or miss.',
    labelNames: ['result'] as const,
    registers,
  });
  for (const event of WATCHED_ACTIONS)
    for (const outcome of WATCHED_ACTION_OUTCOMES) actions.inc({ event, outcome }, 0);
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
    'Delay between the deadline of a hold and the release.',
    EXPIRY_SECONDS,
  );
  const publishing = histogram(
    'holdfast_event_publish_delay_seconds',
    'Delay between the commit of an event and the publication in the feed.',
    PUBLISH_SECONDS,
  );
  const queries = histogram(
    'holdfast_database_query_duration_seconds',
    'Duration of a statement, including the wait for a connection.',
    QUERY_SECONDS,
  );
  const requests = new Counter({
    name: 'holdfast_http_requests_total',
    help: 'HTTP requests by method, route pattern and status.',
    labelNames: ['method', 'route', 'status'] as const,
    registers,
  });
  // No status label: every label value multiplies the buckets.
  const durations = new Histogram({
    name: 'holdfast_http_request_duration_seconds',
    help: 'Duration of HTTP requests, from arrival to the end of the response, by route pattern.',
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
    help: 'State of the database at this scrape: 1 is up, 0 is down; at 0 the queue metrics are absent.',
    registers,
  });
  const depth = new Gauge({
    name: 'holdfast_queue_depth',
    help: 'Entries per queue that are due or overdue, or that wait for the gateway or for staff.',
    labelNames: ['queue'] as const,
    registers,
  });
  const oldest = new Gauge({
    name: 'holdfast_queue_oldest_seconds',
    help: 'Age of the oldest entry of a queue.',
    labelNames: ['queue'] as const,
    registers,
  });
  const setQueues = (queues: readonly QueueState[] | null) => {
    up.set(queues === null ? 0 : 1);
    // Without an answer of the database the old values are dropped: stale values would mislead.
    depth.reset();
    oldest.reset();
    for (const { queue, depth: count, oldestSeconds } of queues ?? []) {
      depth.set({ queue }, count);
      oldest.set({ queue }, oldestSeconds);
    }
  };
  return {
    render: async (queues) => {
      setQueues(queues);
      return { contentType: registry.contentType, body: await registry.metrics() };
    },
  };
}
