import type { ErrorCode } from '../../errors.ts';
import type { LogEvent } from './log-events.ts';

/** Outcome of an action: done, previewed as a dry run, replayed by idempotency key, or refused with a code. */
export type ActionOutcome = 'ok' | 'dry_run' | 'replayed' | ErrorCode;

/** Outcome of an attempt to process a webhook event. Failed events wait for staff. */
export type WebhookOutcome = 'processed' | 'postponed' | 'failed';

export type GatewayOperationKind = 'CREATE_SESSION' | 'EXPIRE_SESSION' | 'CAPTURE' | 'VOID' | 'REFUND';

/** Outcome of an attempt at a gateway operation: done, refused, or still unknown. */
export type GatewayOutcome = 'ok' | 'refused' | 'unknown';

/** Queues in the database: rows due for a drain (the first six), then rows that wait for staff or the gateway. */
export type QueueName =
  | 'webhooks'
  | 'gateway_operations'
  | 'outbox'
  | 'realtime'
  | 'overdue_holds'
  | 'overdue_decisions'
  | 'lapsing_authorizations'
  | 'open_disputes'
  | 'reconciliation_differences'
  | 'webhooks_failed'
  | 'gateway_operations_unknown';

export interface QueueState {
  readonly queue: QueueName;
  readonly depth: number;
  /** Time since the oldest row is due; zero for an empty queue. */
  readonly oldestSeconds: number;
}

/**
 * Counters and histograms. Each call costs well under a microsecond.
 *
 * Labels are never personal and never unbounded: route patterns, outcomes and error codes are allowed; ids, booking
 * codes and properties are not.
 */
export interface Metrics {
  countAction(event: LogEvent, outcome: ActionOutcome): void;
  countWebhook(outcome: WebhookOutcome): void;
  countGatewayOperation(kind: GatewayOperationKind, outcome: GatewayOutcome): void;
  countCache(result: 'hit' | 'miss'): void;
  /** Records the delay between a hold's deadline and release. */
  observeHoldExpiryDelay(seconds: number): void;
  /** Records the delay between an event's commit and visibility in the feed. */
  observePublishDelay(seconds: number): void;
  /** Records the duration of a statement, wait for a connection included. */
  observeQuery(seconds: number): void;
  /** Records a request. `route` is the pattern, never the path. */
  observeRequest(request: { method: string; route: string; status: number; seconds: number }): void;
  /** Renders all metrics in Prometheus' text format. `queues` is null when the database did not respond. */
  render(queues: readonly QueueState[] | null): Promise<{ contentType: string; body: string }>;
}
