import Stripe from 'stripe';
import type { Gateway } from '../domain/ports/gateway.ts';
import { ask } from './stripe/ask.ts';
import type { Within } from './stripe/ask.ts';
import { listMovements } from './stripe/list-movements.ts';
import { EXPAND_CHARGE, readIntent, withRefunds } from './stripe/read-intent.ts';
import { refundIntent } from './stripe/refund-intent.ts';
import { toDispute } from './stripe/to-dispute.ts';
import { toEvent } from './stripe/to-event.ts';
import { toSession, toSessionParams } from './stripe/to-session.ts';

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
 * The SDK retries nothing by itself, but for a connection that was closed under it: then it asks once more, with the
 * same key. A request without an answer is UNKNOWN, and whoever keeps the operation decides.
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
  const within: Within = (idempotencyKey) => {
    const left = Math.min(connection.timeout, Math.ceil(deadline - performance.now()));
    if (left <= 0) throw new Error('no time left to ask');
    return { timeout: left, ...(idempotencyKey !== undefined && { idempotencyKey }) };
  };
  return {
    ...makeSessions(stripe, within),
    capture: ({ intentId, amount }, key) =>
      ask(async () => {
        const params = { amount_to_capture: amount, expand: EXPAND_CHARGE };
        return withRefunds(stripe, within, await stripe.paymentIntents.capture(intentId, params, within(key)));
      }),
    void: (intentId, key) =>
      ask(async () => {
        const params = { expand: EXPAND_CHARGE };
        return withRefunds(stripe, within, await stripe.paymentIntents.cancel(intentId, params, within(key)));
      }),
    refund: (refund, key) => ask(() => refundIntent(stripe, within, { ...refund, key })),
    getIntent: (id) => ask(() => readIntent(stripe, within, id)),
    getDispute: (id) => ask(async () => toDispute(await stripe.disputes.retrieve(id, {}, within()))),
    listMovements: (input) => ask(() => listMovements(stripe, within, input)),
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

function makeSessions(
  stripe: Stripe,
  within: Within,
): Pick<Gateway, 'createSession' | 'expireSession' | 'findSession' | 'getSession'> {
  const { sessions } = stripe.checkout;
  return {
    createSession: (session, key) =>
      ask(async () => toSession(await sessions.create(toSessionParams(session), within(key)))),
    expireSession: (id, key) => ask(async () => toSession(await sessions.expire(id, {}, within(key)))),
    findSession: (paymentId, madeSince) =>
      ask(async () => {
        const created = { gte: Math.floor(Date.parse(madeSince) / 1_000) - CLOCK_DIFFERENCE_SECONDS };
        for await (const session of sessions.list({ created, limit: 100 }, within())) {
          if (session.metadata?.['payment_id'] === paymentId) return toSession(session);
          within();
        }
        return null;
      }),
    getSession: (id) => ask(async () => toSession(await sessions.retrieve(id, {}, within()))),
  };
}

function hostOf(apiBase: string | undefined): Stripe.StripeConfig {
  if (apiBase === undefined) return {};
  const url = new URL(apiBase);
  const protocol = url.protocol === 'http:' ? 'http' : 'https';
  return { host: url.hostname, port: Number(url.port || (protocol === 'http' ? 80 : 443)), protocol };
}
