import { z } from 'zod';
import type { Delivery } from '../delivery/delivery.ts';
import { jsonReply } from '../../http/exchange.ts';
import type { Incoming, Reply } from '../../http/exchange.ts';
import { FAULT_KINDS } from '../http/faults.ts';
import type { Faults } from '../http/faults.ts';
import { StripeFailure } from '../http/stripe-failure.ts';
import { createRefund, failRefund, succeedRefund } from '../money/create-refund.ts';
import { answerDispute, closeDispute, escalateInquiry, openDispute } from '../money/dispute-charge.ts';
import { cancelIntent, captureIntent } from '../money/capture-intent.ts';
import { contentOf, applyElapsedTime } from '../sandbox.ts';
import type { Sandbox } from '../sandbox.ts';
import { NO_ORIGIN, startChange } from '../world/change.ts';
import type { Change } from '../world/change.ts';
import type { Kind, Objects } from '../world/objects.ts';
import { present } from '../world/present.ts';
import { payByClick } from './pay.ts';

export interface Controls {
  readonly sandbox: Sandbox;
  readonly delivery: Delivery;
  readonly faults: Faults;
}

/** Default signing secret of webhooks. */
export const DEFAULT_WEBHOOK_SECRET = 'whsec_sandbox';

interface ControlCall extends Controls {
  readonly incoming: Incoming;
  readonly id: string;
}

type Handle = (call: ControlCall) => unknown;

/** Serves the control API at `/_sandbox/…`: faults, clock, disputes and dashboard actions, for tests and demos. */
export async function serveControl(controls: Controls, incoming: Incoming): Promise<Reply> {
  const [, , noun = '', id = '', verb] = incoming.path.split('/');
  // Second segments are ids only before a verb: `/delivery/flush` has none.
  const name = [incoming.method, noun, ...(verb === undefined ? (id === '' ? [] : [id]) : [':id', verb])].join(' ');
  const handle = HANDLERS[name];
  try {
    if (handle === undefined) throw new StripeFailure(404, `Unknown endpoint: ${incoming.method} ${incoming.path}.`);
    return jsonReply(200, await handle({ ...controls, incoming, id: decodeURIComponent(id) }));
  } catch (error) {
    if (error instanceof StripeFailure) return jsonReply(error.status, { error: { message: error.message } });
    throw error;
  }
}

const count = z.int().min(0);

const faultRule = z
  .strictObject({
    kind: z.enum(FAULT_KINDS),
    method: z.exactOptional(z.string()),
    path: z.exactOptional(z.string().refine(isPattern, 'must be a regular expression')),
    times: z.exactOptional(count.min(1)),
    probability: z.exactOptional(z.number().min(0).max(1)),
    seed: z.exactOptional(z.int()),
    hangMs: z.exactOptional(count),
    status: z.exactOptional(z.int().min(400).max(599)),
    late: z.exactOptional(z.boolean()),
  })
  .readonly();

const deliverySettings = z.strictObject({
  url: z.exactOptional(z.url()),
  duplicate: z.exactOptional(count.max(100)),
  shuffle: z.exactOptional(z.boolean()),
  delayMs: z.exactOptional(count),
  drop: z.exactOptional(z.union([z.number().min(0).max(1), z.array(z.string())])),
  paused: z.exactOptional(z.boolean()),
  seed: z.exactOptional(z.int()),
});

const refundInput = z.strictObject({
  payment_intent: z.exactOptional(z.string()),
  charge: z.exactOptional(z.string()),
  amount: z.exactOptional(count.min(1)),
  reason: z.exactOptional(z.enum(['duplicate', 'fraudulent', 'requested_by_customer'])),
  status: z.exactOptional(z.enum(['pending', 'succeeded'])),
});

const disputeInput = z.strictObject({
  charge: z.string(),
  reason: z.string().default('fraudulent'),
  amount: z.exactOptional(count.min(1)),
  isInquiry: z.exactOptional(z.boolean()),
});

const HANDLERS: Record<string, Handle | undefined> = {
  'POST checkout :id pay': (call) => {
    const { card } = read(call, z.strictObject({ card: z.enum(['ok', 'declined']).default('ok') }));
    const session = find(call, 'checkout.session');
    const attempt = payByClick(call.sandbox, call.incoming, session, card);
    return { ...attempt, session: present(attempt.session) };
  },

  'GET faults': ({ faults }) => ({ faults: faults.list() }),
  'POST faults': (call) => {
    call.faults.add(read(call, faultRule));
    return { faults: call.faults.list() };
  },
  'DELETE faults': ({ faults }) => {
    faults.clear();
    return { faults: [] };
  },

  'GET delivery': ({ delivery }) => delivery.describe(),
  'POST delivery': (call) => {
    const { url, ...settings } = read(call, deliverySettings);
    if (url !== undefined) setWebhook(call, url);
    call.delivery.configure(settings);
    return call.delivery.describe();
  },
  'DELETE delivery': ({ delivery }) => {
    delivery.reset();
    return delivery.describe();
  },
  'POST delivery flush': ({ delivery }) => delivery.flush(),
  'POST webhook': (call) => {
    const { url, secret } = read(call, z.strictObject({ url: z.url(), secret: z.exactOptional(z.string().min(1)) }));
    setWebhook(call, url, secret);
    return call.sandbox.world.webhook;
  },
  'POST events :id deliver': async ({ sandbox, delivery, id }) => {
    const event = sandbox.world.events.get(id);
    if (event === undefined) throw new StripeFailure(404, `Unknown event: ${id}.`);
    return delivery.deliver(event);
  },

  'GET clock': describeClock,
  'POST clock': (call) => {
    const { sandbox } = call;
    const clockInput = z.strictObject({
      advanceSeconds: z.exactOptional(count),
      captureWindowSeconds: z.exactOptional(count.min(1)),
    });
    const { advanceSeconds = 0, captureWindowSeconds } = read(call, clockInput);
    if (captureWindowSeconds !== undefined) sandbox.settings.captureWindowSeconds = captureWindowSeconds;
    sandbox.commit({ clockOffsetMs: sandbox.world.clockOffsetMs + advanceSeconds * 1000 });
    applyElapsedTime(sandbox);
    return describeClock(call);
  },

  'POST disputes': (call) => {
    const { charge, ...input } = read(call, disputeInput);
    return change(call, (step) => openDispute(step, find({ ...call, id: charge }, 'charge'), input));
  },
  'POST disputes :id answer': (call) => change(call, (step) => answerDispute(step, find(call, 'dispute'))),
  'POST disputes :id escalate': (call) => change(call, (step) => escalateInquiry(step, find(call, 'dispute'))),
  'POST disputes :id close': (call) => {
    const { status } = read(call, z.strictObject({ status: z.enum(['won', 'lost', 'warning_closed']) }));
    return change(call, (step) => closeDispute(step, find(call, 'dispute'), status));
  },

  // Actions of a merchant in Stripe's dashboard: no API request, and no metadata of ours.
  'POST payment_intents :id capture': (call) => {
    const { amount } = read(call, z.strictObject({ amount: z.exactOptional(count.min(1)) }));
    const input = amount === undefined ? {} : { amount_to_capture: amount };
    return change(call, (step) => captureIntent(step, call.sandbox.world, find(call, 'payment_intent'), input));
  },
  'POST payment_intents :id cancel': (call) =>
    change(call, (step) => cancelIntent(step, call.sandbox.world, find(call, 'payment_intent'), null)),
  'POST refunds': (call) => {
    const input = read(call, refundInput);
    return change(call, (step) => createRefund(step, call.sandbox.world, input));
  },
  'POST refunds :id succeed': (call) => change(call, (step) => succeedRefund(step, find(call, 'refund'))),
  'POST refunds :id fail': (call) => change(call, (step) => failRefund(step, call.sandbox.world, find(call, 'refund'))),

  'GET journal': ({ sandbox }) => ({ requests: sandbox.world.requests }),
  'GET state': (call) => ({
    ...describeClock(call),
    webhook: call.sandbox.world.webhook ?? null,
    sessions: call.sandbox.world.list('checkout.session').map(present),
    payment_intents: call.sandbox.world.list('payment_intent'),
    charges: call.sandbox.world.list('charge'),
    refunds: call.sandbox.world.list('refund'),
    disputes: call.sandbox.world.list('dispute'),
    balance_transactions: call.sandbox.world.list('balance_transaction'),
    events: [...call.sandbox.world.events.values()].map(({ id, type, created }) => ({
      id,
      type,
      created,
      delivery: call.sandbox.world.deliveries.get(id),
    })),
  }),
};

function read<S extends z.ZodType>({ incoming }: ControlCall, schema: S): z.output<S> {
  let value: unknown;
  try {
    value = incoming.body === '' ? {} : JSON.parse(incoming.body);
  } catch {
    throw new StripeFailure(400, 'The body must be JSON.');
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new StripeFailure(400, z.prettifyError(result.error));
}

function find<K extends Kind>({ sandbox, id }: ControlCall, kind: K): Objects[K] {
  const object = sandbox.world.find(kind, id);
  if (object === undefined) throw new StripeFailure(404, `Unknown ${kind}: ${id}.`);
  return object;
}

function change<T>({ sandbox }: ControlCall, work: (step: Change) => T): T {
  const step = startChange(sandbox.world.nowSeconds(), NO_ORIGIN);
  const result = work(step);
  sandbox.commit(contentOf(step));
  return result;
}

function setWebhook({ sandbox, delivery }: ControlCall, url: string, secret?: string): void {
  const known = sandbox.world.webhook?.secret ?? DEFAULT_WEBHOOK_SECRET;
  sandbox.commit({ webhook: { url, secret: secret ?? known } });
  delivery.configure({});
}

function describeClock({ sandbox }: ControlCall) {
  const { world, settings } = sandbox;
  return {
    now: world.nowSeconds(),
    clockOffsetSeconds: world.clockOffsetMs / 1000,
    captureWindowSeconds: settings.captureWindowSeconds,
  };
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}
