import type Stripe from 'stripe';
import type { Gateway } from '../domain/ports/gateway.ts';
import { callStripe } from './stripe/call-stripe.ts';
import type { MakeOptions } from './stripe/call-stripe.ts';
import { connectStripe, TIMEOUT_MS } from './stripe/connect-stripe.ts';
import type { StripeAccount } from './stripe/connect-stripe.ts';
import { listMovements } from './stripe/list-movements.ts';
import { EXPAND_CHARGE, readIntent, withRefunds } from './stripe/read-intent.ts';
import { refundIntent } from './stripe/refund-intent.ts';
import { toStripeAmount } from './stripe/stripe-amount.ts';
import { listDisputes, toDispute } from './stripe/to-dispute.ts';
import { toEvent } from './stripe/webhook/to-event.ts';
import { findSession, toSession, toSessionParams } from './stripe/to-session.ts';

/** Largest age of a signed event; Stripe's default. */
const TOLERANCE_SECONDS = 300;

export interface StripeOptions extends StripeAccount {
  readonly webhookSecret: string;
  /** Limit for a single request; consecutive requests share the deadline of `withDeadline`. */
  readonly timeoutMs?: number;
}

/**
 * Makes the payment gateway on Stripe. Every checkout session authorizes only (`capture_method: manual`).
 *
 * The SDK retries only a closed keep-alive connection, once, with the same idempotency key. A request without a
 * response is UNKNOWN; the retry schedule of the gateway operation decides.
 */
export function makeStripeGateway(options: StripeOptions): Gateway {
  const timeout = options.timeoutMs ?? TIMEOUT_MS;
  const stripe = connectStripe(options, timeout);
  return gatewayUntil({ stripe, timeout, webhookSecret: options.webhookSecret }, Infinity);
}

interface Connection {
  readonly stripe: Stripe;
  readonly timeout: number;
  readonly webhookSecret: string;
}

/** Makes a gateway whose requests all end before `deadline`, in milliseconds of `performance.now()`. */
function gatewayUntil(connection: Connection, deadline: number): Gateway {
  const { stripe, webhookSecret } = connection;
  const makeOptions: MakeOptions = (idempotencyKey) => {
    const left = Math.min(connection.timeout, Math.ceil(deadline - performance.now()));
    if (left <= 0) throw new Error('no time left for the request');
    return { timeout: left, ...(idempotencyKey !== undefined && { idempotencyKey }) };
  };
  return {
    ...makeSessions(stripe, makeOptions),
    capture: ({ intentId, amount, currency }, key) =>
      callStripe(async () => {
        const params = { amount_to_capture: toStripeAmount(amount, currency), expand: EXPAND_CHARGE };
        return withRefunds(
          stripe,
          makeOptions,
          await stripe.paymentIntents.capture(intentId, params, makeOptions(key)),
        );
      }),
    void: (intentId, key) =>
      callStripe(async () => {
        const params = { expand: EXPAND_CHARGE };
        return withRefunds(stripe, makeOptions, await stripe.paymentIntents.cancel(intentId, params, makeOptions(key)));
      }),
    refund: (refund, key) => callStripe(() => refundIntent(stripe, makeOptions, { ...refund, key })),
    getIntent: (id) => callStripe(() => readIntent(stripe, makeOptions, id)),
    getDispute: (id) => callStripe(async () => toDispute(await stripe.disputes.retrieve(id, {}, makeOptions()))),
    listDisputes: (intentId) => callStripe(() => listDisputes(stripe, makeOptions, intentId)),
    listBalanceTransactions: (input) => callStripe(() => listMovements(stripe, makeOptions, input)),
    readEvent: (body, signature) => {
      try {
        return toEvent(stripe.webhooks.constructEvent(body, signature, webhookSecret, TOLERANCE_SECONDS));
      } catch {
        return null;
      }
    },
    withDeadline: (newDeadline) => gatewayUntil(connection, Math.min(deadline, newDeadline)),
  };
}

function makeSessions(
  stripe: Stripe,
  makeOptions: MakeOptions,
): Pick<Gateway, 'createSession' | 'expireSession' | 'findSession' | 'getSession'> {
  const { sessions } = stripe.checkout;
  return {
    createSession: (session, key) =>
      callStripe(async () => toSession(await sessions.create(toSessionParams(session), makeOptions(key)))),
    expireSession: (id, key) => callStripe(async () => toSession(await sessions.expire(id, {}, makeOptions(key)))),
    findSession: (input) => callStripe(() => findSession(stripe, makeOptions, input)),
    getSession: (id) => callStripe(async () => toSession(await sessions.retrieve(id, {}, makeOptions()))),
  };
}
