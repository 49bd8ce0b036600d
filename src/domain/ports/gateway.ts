/** A checkout session at the gateway. */
export interface GatewaySession {
  readonly id: string;
  readonly url: string | null;
  readonly status: 'open' | 'complete' | 'expired';
  /** Null until the guest has paid. */
  readonly intentId: string | null;
  /** Id of the payment in Holdfast, from the session's metadata. */
  readonly paymentId: string | null;
}

/** A payment intent at the gateway. */
export interface GatewayIntent {
  readonly id: string;
  readonly status: 'requires_capture' | 'succeeded' | 'canceled' | 'other';
  readonly amount: number;
  readonly amountCaptured: number;
  readonly amountRefunded: number;
  /** All refunds, also those made in the dashboard. `amountRefunded` is the sum without failed refunds. */
  readonly refunds: readonly GatewayRefund[];
  /** Instant at which the authorization lapses. */
  readonly captureBefore: string | null;
  /** The latest attempt, if the card was declined and the guest may try another; null otherwise. */
  readonly declinedChargeId: string | null;
  readonly paymentId: string | null;
}

/** A refund at the gateway. */
export interface GatewayRefund {
  readonly id: string;
  readonly amount: number;
  /** PENDING is in progress and normally succeeds; FAILED returned the money to the gateway balance. */
  readonly status: 'DONE' | 'PENDING' | 'FAILED';
  /** Id of the refund in Holdfast, from the metadata; null for a refund made in the dashboard. */
  readonly refundId: string | null;
}

/** Statuses of a dispute. An inquiry has moved no money; the others have, or had. */
export const DISPUTE_STATUSES = ['OPEN', 'WON', 'LOST', 'INQUIRY', 'INQUIRY_CLOSED'] as const;
export type DisputeStatus = (typeof DISPUTE_STATUSES)[number];

/** A charge disputed by the cardholder. */
export interface GatewayDispute {
  readonly id: string;
  readonly intentId: string | null;
  readonly amount: number;
  readonly currency: string;
  readonly reason: string;
  /** INQUIRY: the bank asks, and no money has moved. INQUIRY_CLOSED: nor will it. */
  readonly status: DisputeStatus;
}

/** A balance transaction: a credit or debit on the gateway's account, with the payment behind the transaction. */
export interface GatewayBalanceTransaction {
  readonly id: string;
  readonly kind: 'CHARGE' | 'REFUND' | 'REFUND_FAILED' | 'DISPUTE' | 'DISPUTE_WON' | 'OTHER';
  readonly intentId: string | null;
  /** The dispute that took the amount, or gave it back. */
  readonly disputeId: string | null;
  /** Id of the payment in Holdfast; null for an unrelated payment. */
  readonly paymentId: string | null;
  /** In minor units; negative for a debit. */
  readonly amount: number;
  readonly currency: string;
  readonly at: string;
}

export interface GatewayPage<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/**
 * The outcome of a gateway request. UNKNOWN: no response, or an inconclusive response; the effect may have happened.
 *
 * `isFinal`: the gateway did respond, so the request has ended and the idempotency key replays the failure for good.
 */
export type GatewayResult<T> =
  | { readonly kind: 'DONE'; readonly value: T }
  | { readonly kind: 'REFUSED'; readonly code: string }
  | { readonly kind: 'UNKNOWN'; readonly reason: string; readonly isFinal: boolean };

/** Code of a refusal: no such object at the gateway. */
export const RESOURCE_MISSING = 'resource_missing';

/** Code of a refusal: less than a card can pay. */
export const TOO_SMALL = 'amount_too_small';

/** Code of a refusal: the session's `expiresAt` is too near by the gateway's clock. */
export const EXPIRES_TOO_SOON = 'expires_too_soon';

/**
 * Lifetime of a checkout session. The gateway wants 30 minutes by its own clock when the request arrives; the rest
 * allows for clocks that differ and for a first retry.
 */
export const SESSION_MINUTES = 35;

/** Lifetime of a checkout session that the gateway refused as too short. The gateway's limit is 24 hours. */
export const RENEWED_SESSION_MINUTES = 120;

export interface NewSession {
  readonly amount: number;
  readonly currency: string;
  readonly description: string;
  /** Null where the customer has none, or one that the gateway could not take. */
  readonly email: string | null;
  readonly bookingCode: string;
  readonly paymentId: string;
  readonly expiresAt: string;
  readonly successUrl: string;
  readonly cancelUrl: string;
}

/** A webhook event: ids to read the objects by. State in the body is ignored. */
export interface GatewayEvent {
  readonly id: string;
  readonly type: string;
  readonly occurredAt: string;
  readonly sessionId: string | null;
  readonly intentId: string | null;
  readonly chargeId: string | null;
  readonly disputeId: string | null;
  readonly paymentId: string | null;
}

/** The payment gateway. Checkout sessions only authorize; capture is a separate request. Amounts are in minor units. */
export interface Gateway {
  createSession(session: NewSession, idempotencyKey: string): Promise<GatewayResult<GatewaySession>>;
  expireSession(sessionId: string, idempotencyKey: string): Promise<GatewayResult<GatewaySession>>;
  /** Finds the session of a payment whose response was lost; null when the gateway has none. */
  findSession(input: {
    paymentId: string;
    /** The e-mail address that the session was requested with. */
    email: string | null;
    madeSince: string;
  }): Promise<GatewayResult<GatewaySession | null>>;
  getSession(sessionId: string): Promise<GatewayResult<GatewaySession>>;
  capture(
    input: { intentId: string; amount: number; currency: string },
    idempotencyKey: string,
  ): Promise<GatewayResult<GatewayIntent>>;
  void(intentId: string, idempotencyKey: string): Promise<GatewayResult<GatewayIntent>>;
  /** Refunds an amount. `refundId` is the refund in Holdfast, stored in the metadata. */
  refund(
    input: { intentId: string; amount: number; currency: string; refundId: string },
    idempotencyKey: string,
  ): Promise<GatewayResult<GatewayIntent>>;
  getIntent(intentId: string): Promise<GatewayResult<GatewayIntent>>;
  getDispute(disputeId: string): Promise<GatewayResult<GatewayDispute>>;
  /** Lists the disputes of a payment, inquiries included. */
  listDisputes(intentId: string): Promise<GatewayResult<readonly GatewayDispute[]>>;
  /** Lists the balance transactions in [from, to), page by page, newest first. */
  listBalanceTransactions(input: {
    from: string;
    to: string;
    cursor: string | null;
  }): Promise<GatewayResult<GatewayPage<GatewayBalanceTransaction>>>;
  /** Parses the event in a signed body; null when the signature is wrong or too old. */
  readEvent(body: Buffer, signature: string): GatewayEvent | null;
  /** Derives a gateway whose requests end, at the latest as UNKNOWN, before the deadline on `performance.now()`. */
  withDeadline(deadline: number): Gateway;
}

/**
 * Time for all gateway requests of one operation, or of several operations for one HTTP request.
 *
 * Below the lease of an operation (10 s), so that no other process claims the operation meanwhile. Below the HTTP
 * request timeout (10 s), so that the client receives the UNKNOWN state.
 */
export const GATEWAY_BUDGET_MS = 8_000;

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

/** Waits before a retry of a request with an UNKNOWN outcome. The last wait repeats. */
const RETRY_DELAYS_MS = [
  5 * SECOND_MS,
  15 * SECOND_MS,
  MINUTE_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  120 * MINUTE_MS,
] as const;

/** Computes the wait before the next attempt, in milliseconds, from the attempts so far. */
export function computeRetryDelayMs(attempts: number): number {
  return RETRY_DELAYS_MS[Math.min(Math.max(attempts, 1), RETRY_DELAYS_MS.length) - 1] ?? 0;
}

/** Stripe prunes idempotency keys after 24 hours: an older request is looked up and never repeated. */
export const KEY_LIFETIME_MS = 24 * 60 * MINUTE_MS;
