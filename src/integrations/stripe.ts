import Stripe from 'stripe';
import type {
  Gateway,
  GatewayAnswer,
  GatewayEvent,
  GatewayIntent,
  GatewaySession,
  NewSession,
} from '../domain/ports/gateway.ts';

/** How long one request may take; several in a row share the time that `until` leaves. */
const TIMEOUT_MS = 8_000;
/** How far Stripe's clock may be from ours: an hour is a server whose time zone was set wrong. */
const CLOCK_DIFFERENCE_SECONDS = 3_600;
/** How old a signed event may be. */
const TOLERANCE_SECONDS = 300;

export interface StripeOptions {
  readonly secretKey: string;
  readonly webhookSecret: string;
  /** Another host than Stripe's own: the sandbox. */
  readonly apiBase: string | undefined;
  /** How long to wait for one answer. */
  readonly timeoutMs?: number;
}

/**
 * The gateway, by Stripe. Every session authorizes only (`capture_method: manual`).
 *
 * The SDK retries nothing by itself: a request without an answer is UNKNOWN, and whoever keeps the operation decides.
 */
export function makeStripeGateway(options: StripeOptions): Gateway {
  const timeout = options.timeoutMs ?? TIMEOUT_MS;
  const stripe = new Stripe(options.secretKey, {
    ...hostOf(options.apiBase),
    timeout,
    maxNetworkRetries: 0,
    telemetry: false,
  });
  return gatewayUntil({ stripe, timeout, webhookSecret: options.webhookSecret }, Infinity);
}

interface Connection {
  readonly stripe: Stripe;
  readonly timeout: number;
  readonly webhookSecret: string;
}

/** The gateway, whose requests are all answered, or given up, before `deadline` on this process's clock. */
function gatewayUntil(connection: Connection, deadline: number): Gateway {
  const { stripe, webhookSecret } = connection;
  /** The options of one request; throws when there is no time for it. */
  const within = (idempotencyKey?: string): Stripe.RequestOptions => {
    const left = Math.min(connection.timeout, Math.ceil(deadline - performance.now()));
    if (left <= 0) throw new Error('no time left to ask');
    return { timeout: left, ...(idempotencyKey !== undefined && { idempotencyKey }) };
  };
  const readIntent = (id: string) => stripe.paymentIntents.retrieve(id, { expand: ['latest_charge'] }, within());
  return {
    createSession: (session, key) =>
      ask(async () => toSession(await stripe.checkout.sessions.create(toParams(session), within(key)))),
    expireSession: (id, key) => ask(async () => toSession(await stripe.checkout.sessions.expire(id, {}, within(key)))),
    findSession: (paymentId, madeSince) =>
      ask(async () => {
        const created = { gte: Math.floor(Date.parse(madeSince) / 1_000) - CLOCK_DIFFERENCE_SECONDS };
        for await (const session of stripe.checkout.sessions.list({ created, limit: 100 }, within())) {
          if (session.metadata?.['payment_id'] === paymentId) return toSession(session);
          within();
        }
        return null;
      }),
    getSession: (id) => ask(async () => toSession(await stripe.checkout.sessions.retrieve(id, {}, within()))),
    capture: ({ intentId, amount }, key) =>
      ask(async () => {
        const params = { amount_to_capture: amount, expand: ['latest_charge'] };
        return toIntent(await stripe.paymentIntents.capture(intentId, params, within(key)));
      }),
    void: (intentId, key) =>
      ask(async () =>
        toIntent(await stripe.paymentIntents.cancel(intentId, { expand: ['latest_charge'] }, within(key))),
      ),
    refund: ({ intentId, amount }, key) =>
      ask(async () => {
        assertId(await stripe.refunds.create({ payment_intent: intentId, amount }, within(key)));
        return toIntent(await readIntent(intentId));
      }),
    getIntent: (id) => ask(async () => toIntent(await readIntent(id))),
    readEvent: (body, signature) => {
      try {
        return toEvent(stripe.webhooks.constructEvent(body, signature, webhookSecret, TOLERANCE_SECONDS));
      } catch {
        return null;
      }
    },
    until: (other) => gatewayUntil(connection, Math.min(deadline, other)),
  };
}

function hostOf(apiBase: string | undefined): Stripe.StripeConfig {
  if (apiBase === undefined) return {};
  const url = new URL(apiBase);
  const protocol = url.protocol === 'http:' ? 'http' : 'https';
  return { host: url.hostname, port: Number(url.port || (protocol === 'http' ? 80 : 443)), protocol };
}

/** Client errors that say nothing about what was asked for. */
const NO_VERDICT: readonly number[] = [401, 403, 409, 429];

/** Makes an answer of what the SDK returns or throws. Only a 4xx of Stripe's says for sure that nothing happened. */
async function ask<T>(request: () => Promise<T>): Promise<GatewayAnswer<T>> {
  try {
    return { kind: 'DONE', value: await request() };
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeError)) return { kind: 'UNKNOWN', reason: String(error), isOver: false };
    const { statusCode, code, type } = error;
    // 401 and 403 are about our key, 409 is another request with this key, 429 says come again: none is about the money.
    const isRefusal =
      statusCode !== undefined && statusCode >= 400 && statusCode < 500 && !NO_VERDICT.includes(statusCode);
    if (isRefusal) return { kind: 'REFUSED', code: code ?? type };
    const reason = [type, statusCode, code].filter(Boolean).join(' ');
    return { kind: 'UNKNOWN', reason, isOver: statusCode === 500 || statusCode === 401 || statusCode === 403 };
  }
}

/** The SDK takes an error without Stripe's envelope for a success, so an answer without an id is none. */
function assertId(answer: { id?: unknown }): void {
  if (typeof answer.id !== 'string') throw new TypeError('an answer without an id');
}

function toParams(session: NewSession): Stripe.Checkout.SessionCreateParams {
  const metadata = { booking_code: session.bookingCode, payment_id: session.paymentId };
  return {
    mode: 'payment',
    line_items: [
      {
        quantity: 1,
        price_data: {
          currency: session.currency.toLowerCase(),
          unit_amount: session.amount,
          product_data: { name: session.description },
        },
      },
    ],
    payment_intent_data: { capture_method: 'manual', metadata },
    metadata,
    client_reference_id: session.bookingCode,
    customer_email: session.email,
    expires_at: Math.floor(Date.parse(session.expiresAt) / 1_000),
    success_url: session.successUrl,
    cancel_url: session.cancelUrl,
  };
}

function toSession(session: Stripe.Checkout.Session): GatewaySession {
  assertId(session);
  const { id, url, status, payment_intent: intent, metadata } = session;
  const known = (['complete', 'expired'] as const).find((end) => end === status) ?? 'open';
  return { id, url, status: known, intentId: idOf(intent), paymentId: metadata?.['payment_id'] ?? null };
}

/** Those on which something depends; before them the guest is still busy. */
const INTENT_STATUSES = ['requires_capture', 'succeeded', 'canceled'] as const;

function toIntent(intent: Stripe.PaymentIntent): GatewayIntent {
  assertId(intent);
  const { id, status, amount, metadata, latest_charge: charge } = intent;
  const expanded = typeof charge === 'object' ? charge : null;
  const amountCaptured = expanded?.amount_captured ?? intent.amount_received;
  const captureBefore = expanded?.payment_method_details?.card?.capture_before;
  return {
    id,
    status: INTENT_STATUSES.find((known) => known === status) ?? 'other',
    amount,
    amountCaptured,
    // What a partial capture leaves over, and all of what is voided, is "refunded" there though nobody had paid it.
    amountRefunded: Math.max(0, (expanded?.amount_refunded ?? 0) - (amount - amountCaptured)),
    captureBefore: captureBefore === undefined ? null : new Date(captureBefore * 1_000).toISOString(),
    paymentId: metadata['payment_id'] ?? null,
  };
}

/** Reads the ids out of whatever the event is about. */
function toEvent(event: Stripe.Event): GatewayEvent {
  const object = event.data.object as {
    object?: string;
    id?: string;
    payment_intent?: unknown;
    charge?: unknown;
    metadata?: Record<string, string> | null;
  };
  const kind = object.object;
  const own = object.id ?? null;
  return {
    id: event.id,
    type: event.type,
    occurredAt: new Date(event.created * 1_000).toISOString(),
    sessionId: kind === 'checkout.session' ? own : null,
    intentId: kind === 'payment_intent' ? own : idOf(object.payment_intent),
    chargeId: kind === 'charge' ? own : idOf(object.charge),
    paymentId: object.metadata?.['payment_id'] ?? null,
  };
}

function idOf(reference: unknown): string | null {
  if (typeof reference === 'string') return reference;
  if (typeof reference !== 'object' || reference === null) return null;
  const { id } = reference as { id?: unknown };
  return typeof id === 'string' ? id : null;
}
