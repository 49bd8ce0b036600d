import type Stripe from 'stripe';
import { API_VERSION } from '../world/objects.ts';
import { createRefund } from '../money/create-refund.ts';
import { createSession } from '../money/create-session.ts';
import { expireSession } from '../money/expire-session.ts';
import { cancelIntent, captureIntent } from '../money/capture-intent.ts';
import { findNamed, findNamedEvent, getMany, getOne, post } from './route.ts';
import type { Call, Route } from './route.ts';
import * as schemas from './schemas.ts';

const SESSIONS = '/v1/checkout/sessions';
const INTENTS = '/v1/payment_intents';

/** The routes of Stripe's API that the sandbox supports. */
export const ROUTES: readonly Route[] = [
  post('checkout.session', SESSIONS, schemas.sessionCreate, ({ change, publicUrl }, input) =>
    createSession(change, input, publicUrl),
  ),
  post('checkout.session', `${SESSIONS}/:id/expire`, schemas.onlyExpand, (call) =>
    expireSession(call.change, call.world, findNamed(call, 'checkout.session')),
  ),
  getOne('checkout.session', `${SESSIONS}/:id`, (call) => findNamed(call, 'checkout.session')),
  getMany(
    'checkout.session',
    SESSIONS,
    schemas.sessionList,
    ({ world }) => world.list('checkout.session'),
    (session, { status, payment_intent, customer_details }) =>
      matches(customer_details?.email, session.customer_details?.email) &&
      matches(status, session.status) &&
      matches(payment_intent, session.status === 'complete' ? session.payment_intent : null),
  ),
  getMany('item', `${SESSIONS}/:id/line_items`, schemas.lineItemList, (call) => listItems(call)),

  post('payment_intent', `${INTENTS}/:id/capture`, schemas.capture, (call, input) =>
    captureIntent(call.change, call.world, findNamed(call, 'payment_intent'), input),
  ),
  post('payment_intent', `${INTENTS}/:id/cancel`, schemas.cancel, (call, { cancellation_reason: reason = null }) =>
    cancelIntent(call.change, call.world, findNamed(call, 'payment_intent'), reason),
  ),
  getOne('payment_intent', `${INTENTS}/:id`, (call) => findNamed(call, 'payment_intent')),
  getMany('payment_intent', INTENTS, schemas.intentList, ({ world }) => world.list('payment_intent')),

  getOne('charge', '/v1/charges/:id', (call) => findNamed(call, 'charge')),
  getMany(
    'charge',
    '/v1/charges',
    schemas.chargeList,
    ({ world }) => world.list('charge'),
    (charge, { payment_intent }) => matches(payment_intent, charge.payment_intent),
  ),

  post('refund', '/v1/refunds', schemas.refundCreate, ({ change, world }, input) => createRefund(change, world, input)),
  getOne('refund', '/v1/refunds/:id', (call) => findNamed(call, 'refund')),
  getMany(
    'refund',
    '/v1/refunds',
    schemas.refundList,
    ({ world }) => world.list('refund'),
    (refund, { payment_intent, charge }) =>
      matches(payment_intent, refund.payment_intent) && matches(charge, refund.charge),
  ),

  getOne('dispute', '/v1/disputes/:id', (call) => findNamed(call, 'dispute')),
  getMany(
    'dispute',
    '/v1/disputes',
    schemas.disputeList,
    ({ world }) => world.list('dispute'),
    (dispute, { payment_intent, charge }) =>
      matches(payment_intent, dispute.payment_intent) && matches(charge, dispute.charge),
  ),

  getOne('balance_transaction', '/v1/balance_transactions/:id', (call) => findNamed(call, 'balance_transaction')),
  getMany(
    'balance_transaction',
    '/v1/balance_transactions',
    schemas.transactionList,
    ({ world }) => world.list('balance_transaction'),
    (line, { type, source, currency }) =>
      matches(type, line.type) && matches(source, line.source) && matches(currency, line.currency),
  ),

  getMany('webhook_endpoint', '/v1/webhook_endpoints', schemas.endpointList, (call) => listEndpoints(call)),

  getOne('event', '/v1/events/:id', (call) => findNamedEvent(call)),
  getMany(
    'event',
    '/v1/events',
    schemas.eventList,
    ({ world }) => [...world.events.values()],
    (event, { type, types, delivery_success }, world) =>
      matches(type, event.type) &&
      (types?.includes(event.type) ?? true) &&
      matches(delivery_success, world.deliveries.get(event.id) === 'delivered'),
  ),
];

/** Checks a filter: an absent filter matches every value. */
function matches(filter: unknown, value: unknown): boolean {
  return filter === undefined || filter === value;
}

/** Lists a session's line items in the order of the request; `paginate` reverses every list. */
function listItems(call: Call) {
  return (findNamed(call, 'checkout.session').line_items?.data ?? []).toReversed();
}

/** Lists the webhook endpoint, which receives every event. */
function listEndpoints({ world, change }: Call): Stripe.WebhookEndpoint[] {
  if (world.webhook === undefined) return [];
  const { url } = world.webhook;
  return [
    {
      id: 'we_sandbox',
      object: 'webhook_endpoint',
      api_version: API_VERSION,
      application: null,
      created: change.nowSeconds,
      description: null,
      enabled_events: ['*'],
      livemode: false,
      metadata: {},
      status: 'enabled',
      url,
    },
  ];
}
