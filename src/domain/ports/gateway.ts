/** A checkout page, as the gateway has it. */
export interface GatewaySession {
  readonly id: string;
  readonly url: string | null;
  readonly status: 'open' | 'complete' | 'expired';
  /** Unknown until the guest has paid. */
  readonly intentId: string | null;
  /** Our payment, as we told the gateway. */
  readonly paymentId: string | null;
}

/** A payment, as the gateway has it. */
export interface GatewayIntent {
  readonly id: string;
  readonly status: 'requires_capture' | 'succeeded' | 'canceled' | 'other';
  readonly amount: number;
  readonly amountCaptured: number;
  readonly amountRefunded: number;
  /** Every refund of it, whoever made it. `amountRefunded` is the sum of those that have not failed. */
  readonly refunds: readonly GatewayRefund[];
  /** When the authorization ends by itself. */
  readonly captureBefore: string | null;
  readonly paymentId: string | null;
}

/** Money the gateway gave back. */
export interface GatewayRefund {
  readonly id: string;
  readonly amount: number;
  /** PENDING is under way and as good as done; FAILED came back. */
  readonly status: 'DONE' | 'PENDING' | 'FAILED';
  /** Our refund, as we told the gateway; null for one that was made in its dashboard. */
  readonly refundId: string | null;
}

/** A charge that the card's holder disputes. */
export interface GatewayDispute {
  readonly id: string;
  readonly intentId: string | null;
  readonly amount: number;
  readonly currency: string;
  readonly reason: string;
  readonly status: 'OPEN' | 'WON' | 'LOST';
}

/** One line of the gateway's own account: what it took or paid, and for which payment. */
export interface GatewayMovement {
  readonly id: string;
  readonly kind: 'CHARGE' | 'REFUND' | 'REFUND_FAILED' | 'DISPUTE' | 'DISPUTE_WON' | 'OTHER';
  readonly intentId: string | null;
  /** Our payment, as we told the gateway; null for what is not ours. */
  readonly paymentId: string | null;
  /** In minor units; below zero when money left. */
  readonly amount: number;
  readonly currency: string;
  readonly at: string;
}

export interface GatewayPage<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/**
 * What the gateway made of a request. UNKNOWN: no answer, or none that says; it may have happened.
 *
 * `isOver` when it did answer: the request runs no more, and its key will give the same failure for ever.
 */
export type GatewayAnswer<T> =
  | { readonly kind: 'DONE'; readonly value: T }
  | { readonly kind: 'REFUSED'; readonly code: string }
  | { readonly kind: 'UNKNOWN'; readonly reason: string; readonly isOver: boolean };

/** The code of a refusal because the gateway has no such object. */
export const UNKNOWN_THERE = 'resource_missing';

export interface NewSession {
  readonly amount: number;
  readonly currency: string;
  readonly description: string;
  readonly email: string;
  readonly bookingCode: string;
  readonly paymentId: string;
  readonly expiresAt: string;
  readonly successUrl: string;
  readonly cancelUrl: string;
}

/** What the gateway tells us of: ids to look things up by, and nothing that has to be believed. */
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

/** The payment gateway. Authorizations only are made; money is captured by an act of its own. */
export interface Gateway {
  createSession(session: NewSession, idempotencyKey: string): Promise<GatewayAnswer<GatewaySession>>;
  expireSession(sessionId: string, idempotencyKey: string): Promise<GatewayAnswer<GatewaySession>>;
  /** The session that was made for a payment, whose answer we never saw; null when there is none. */
  findSession(paymentId: string, madeSince: string): Promise<GatewayAnswer<GatewaySession | null>>;
  getSession(sessionId: string): Promise<GatewayAnswer<GatewaySession>>;
  capture(input: { intentId: string; amount: number }, idempotencyKey: string): Promise<GatewayAnswer<GatewayIntent>>;
  void(intentId: string, idempotencyKey: string): Promise<GatewayAnswer<GatewayIntent>>;
  /** `refundId` is ours, and is found again on the gateway's refund. */
  refund(
    input: { intentId: string; amount: number; refundId: string },
    idempotencyKey: string,
  ): Promise<GatewayAnswer<GatewayIntent>>;
  getIntent(intentId: string): Promise<GatewayAnswer<GatewayIntent>>;
  getDispute(disputeId: string): Promise<GatewayAnswer<GatewayDispute>>;
  /** What went over the gateway's account in [from, to), page by page, newest first. */
  listMovements(input: {
    from: string;
    to: string;
    cursor: string | null;
  }): Promise<GatewayAnswer<GatewayPage<GatewayMovement>>>;
  /** The event in a signed body; null when the signature is not the gateway's, or too old. */
  readEvent(body: Buffer, signature: string): GatewayEvent | null;
  /** The same gateway, whose requests are all answered, or UNKNOWN, before this moment of `performance.now()`. */
  until(deadline: number): Gateway;
}

/**
 * How long one operation, or several for one request, may keep asking: look-ups, the request, the look-up after it.
 *
 * Below the lease of an operation, so that nobody else takes it up meanwhile, and below what a request may take, so that
 * whoever waits hears that it is not known yet.
 */
export const GATEWAY_BUDGET_MS = 8_000;

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

/** When a request without an answer is made again: soon for a hiccup, then patiently. The last wait repeats. */
const UNKNOWN_WAITS_MS = [
  5 * SECOND_MS,
  15 * SECOND_MS,
  MINUTE_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  120 * MINUTE_MS,
] as const;

/** How long to wait after so many attempts without an answer. */
export function waitBeforeAttempt(attempts: number): number {
  return UNKNOWN_WAITS_MS[Math.min(Math.max(attempts, 1), UNKNOWN_WAITS_MS.length) - 1] ?? 0;
}

/** The gateway forgets idempotency keys after a day: a request older than this is looked up and never repeated. */
export const KEY_LIFETIME_MS = 24 * 60 * MINUTE_MS;
