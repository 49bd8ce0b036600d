import type Stripe from 'stripe';
import type { SandboxObject } from './objects.ts';

/** A mutating request and the outcome. */
export interface RecordedRequest {
  readonly at: string;
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly params: unknown;
  readonly idempotencyKey: string | null;
  /** Status of the response, even of a lost response; null when the request was not executed. */
  readonly status: number | null;
  readonly error: { readonly type: string; readonly code: string | null; readonly message: string } | null;
  /** True when the response is a replay of a stored response. */
  readonly replayed: boolean;
  /** The injected fault, or null. */
  readonly fault: string | null;
}

/** The stored response of an idempotency key, replayed for later requests with the key. */
export interface StoredResponse {
  readonly key: string;
  readonly method: string;
  readonly path: string;
  /** The parameters in canonical order. */
  readonly fingerprint: string;
  readonly requestId: string;
  readonly status: number;
  readonly body: string;
  /** Seconds since the epoch on the sandbox's clock. */
  readonly at: number;
}

export interface Webhook {
  readonly url: string;
  readonly secret: string;
}

/** A line of the journal: all changes of a step, so that a crash keeps either the whole step or nothing. */
export interface Entry {
  readonly request?: RecordedRequest;
  readonly answer?: StoredResponse;
  readonly objects?: readonly SandboxObject[];
  readonly events?: readonly Stripe.Event[];
  /** Ids of events that the endpoint accepted. */
  readonly delivered?: readonly string[];
  /** Ids of events dropped on purpose. */
  readonly dropped?: readonly string[];
  readonly clockOffsetMs?: number;
  readonly webhook?: Webhook;
}
