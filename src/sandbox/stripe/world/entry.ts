import type Stripe from 'stripe';
import type { SandboxObject } from './objects.ts';

/** A mutating request as it came in, and how it went. */
export interface RecordedRequest {
  readonly at: string;
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly params: unknown;
  readonly idempotencyKey: string | null;
  /** What was answered, or would have been had the connection lived; null when the request went no further. */
  readonly status: number | null;
  readonly error: { readonly type: string; readonly code: string | null; readonly message: string } | null;
  /** True when the answer is the first one's, given again. */
  readonly replayed: boolean;
  /** The fault that struck, if one did. */
  readonly fault: string | null;
}

/** The first answer under an idempotency key, given again to every later request with that key. */
export interface StoredAnswer {
  readonly key: string;
  readonly method: string;
  readonly path: string;
  /** The parameters as they were sent, in one canonical order. */
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

/** One line of the journal: everything one step changed, so that a crash keeps all of it or nothing. */
export interface Entry {
  readonly request?: RecordedRequest;
  readonly answer?: StoredAnswer;
  readonly objects?: readonly SandboxObject[];
  readonly events?: readonly Stripe.Event[];
  /** Events that were sent and taken. */
  readonly delivered?: readonly string[];
  /** Events that were lost on purpose. */
  readonly dropped?: readonly string[];
  readonly clockOffsetMs?: number;
  readonly webhook?: Webhook;
}
