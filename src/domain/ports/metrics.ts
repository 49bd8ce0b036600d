import type { ErrorCode } from '../../errors.ts';
import type { LogEvent } from './log-events.ts';

/** How an action ended: done, shown, answered from memory, or refused with a code. */
export type ActionOutcome = 'ok' | 'dry_run' | 'replayed' | ErrorCode;

/** What became of one attempt to process an event of the gateway's. FAILED ones wait for a person. */
export type WebhookOutcome = 'processed' | 'postponed' | 'failed';

export type GatewayOperationKind = 'CREATE_SESSION' | 'EXPIRE_SESSION' | 'CAPTURE' | 'VOID' | 'REFUND';

/** Settled as asked, settled by a refusal, or one more attempt without an answer that says. */
export type GatewayOutcome = 'ok' | 'refused' | 'unknown';

/** What waits in the database: to be worked on (the first six), for a person, or for the gateway to say how it ended. */
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
  /** How long the oldest has been due; zero when there is none. */
  readonly oldestSeconds: number;
}

/**
 * What is counted while working. Costs well under a microsecond each, so it may be called anywhere.
 *
 * No label is ever personal or one of endlessly many: route patterns, outcomes and codes of errors, but no ids, no codes of
 * bookings, no properties.
 */
export interface Metrics {
  countAction(event: LogEvent, outcome: ActionOutcome): void;
  countWebhook(outcome: WebhookOutcome): void;
  countGatewayOperation(kind: GatewayOperationKind, outcome: GatewayOutcome): void;
  countCache(result: 'hit' | 'miss'): void;
  /** How long after its deadline a hold was released. */
  observeHoldExpiryDelay(seconds: number): void;
  /** How long after its commit an event could be read by others. */
  observePublishDelay(seconds: number): void;
  /** One statement, with the wait for a connection. */
  observeQuery(seconds: number): void;
  /** `route` is the pattern, never the path. */
  observeRequest(request: { method: string; route: string; status: number; seconds: number }): void;
  /** Everything in Prometheus' text format. `queues` is null when the database did not say. */
  render(queues: readonly QueueState[] | null): Promise<{ contentType: string; body: string }>;
}
