import { z } from 'zod';
import type { Delivery } from '../delivery/delivery.ts';
import { jsonReply } from '../../http/exchange.ts';
import type { Incoming, Reply } from '../../http/exchange.ts';
import { FAULT_KINDS } from '../http/faults.ts';
import type { Faults } from '../http/faults.ts';
import { StripeFailure } from '../http/stripe-failure.ts';
import { createRefund, failRefund, succeedRefund } from '../money/create-refund.ts';
import { answerDispute, closeDispute, openDispute } from '../money/dispute-charge.ts';
import { cancelIntent, captureIntent } from '../money/settle-intent.ts';
import { contentOf, letTimePass } from '../sandbox.ts';
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

/** The secret when none is named. */
export const DEFAULT_WEBHOOK_SECRET = 'whsec_sandbox';

interface Asked extends Controls {
  readonly incoming: Incoming;
  readonly id: string;
}

type Handle = (asked: Asked) => unknown;

/** Serves `/_sandbox/…`: what no merchant can do at Stripe, for tests and for the first look around. */
export async function serveControl(controls: Controls, incoming: Incoming): Promise<Reply> {
  const [, , noun = '', id = '', verb] = incoming.path.split('/');
  // `/delivery/flush` has a verb where others have an id.
  const name = [incoming.method, noun, ...(verb === undefined ? (id === '' ? [] : [id]) : [':id', verb])].join(' ');
  const handle = HANDLERS[name];
  try {
    if (handle === undefined) throw new StripeFailure(404, `There is no ${incoming.method} ${incoming.path}.`);
    return jsonReply(200, await handle({ ...controls, incoming, id: decodeURIComponent(id) }));
  } catch (error) {
    if (error instanceof StripeFailure) return jsonReply(error.status, { error: { message: error.message } });
    throw error;
  }
}

const count = z.int().min(0);

const faultOrder = z
  .strictObject({
    kind: z.enum(FAULT_KINDS),
    method: z.exactOptional(z.string()),
    path: z.exactOptional(z.string().refine(isPattern, 'is not a regular expression')),
    times: z.exactOptional(count.min(1)),
    probability: z.exactOptional(z.number().min(0).max(1)),
    seed: z.exactOptional(z.int()),
    hangMs: z.exactOptional(count),
    status: z.exactOptional(z.int().min(400).max(599)),
    late: z.exactOptional(z.boolean()),
  })
  .readonly();

const deliveryOrder = z.strictObject({
  url: z.exactOptional(z.url()),
  duplicate: z.exactOptional(count.max(100)),
  shuffle: z.exactOptional(z.boolean()),
  delayMs: z.exactOptional(count),
  drop: z.exactOptional(z.union([z.number().min(0).max(1), z.array(z.string())])),
  paused: z.exactOptional(z.boolean()),
  seed: z.exactOptional(z.int()),
});

const refundOrder = z.strictObject({
  payment_intent: z.exactOptional(z.string()),
  charge: z.exactOptional(z.string()),
  amount: z.exactOptional(count.min(1)),
  reason: z.exactOptional(z.enum(['duplicate', 'fraudulent', 'requested_by_customer'])),
  status: z.exactOptional(z.enum(['pending', 'succeeded'])),
});

const disputeOrder = z.strictObject({
  charge: z.string(),
  reason: z.string().default('fraudulent'),
  amount: z.exactOptional(count.min(1)),
});

const HANDLERS: Record<string, Handle | undefined> = {
  'POST checkout :id pay': (asked) => {
    const { card } = read(asked, z.strictObject({ card: z.enum(['ok', 'declined']).default('ok') }));
    const session = find(asked, 'checkout.session');
    const attempt = payByClick(asked.sandbox, asked.incoming, session, card);
    return { ...attempt, session: present(attempt.session) };
  },

  'GET faults': ({ faults }) => ({ faults: faults.list() }),
  'POST faults': (asked) => {
    asked.faults.add(read(asked, faultOrder));
    return { faults: asked.faults.list() };
  },
  'DELETE faults': ({ faults }) => {
    faults.clear();
    return { faults: [] };
  },

  'GET delivery': ({ delivery }) => delivery.describe(),
  'POST delivery': (asked) => {
    const { url, ...order } = read(asked, deliveryOrder);
    if (url !== undefined) setWebhook(asked, url);
    asked.delivery.configure(order);
    return asked.delivery.describe();
  },
  'DELETE delivery': ({ delivery }) => {
    delivery.reset();
    return delivery.describe();
  },
  'POST delivery flush': ({ delivery }) => delivery.flush(),
  'POST webhook': (asked) => {
    const { url, secret } = read(asked, z.strictObject({ url: z.url(), secret: z.exactOptional(z.string().min(1)) }));
    setWebhook(asked, url, secret);
    return asked.sandbox.world.webhook;
  },
  'POST events :id deliver': async ({ sandbox, delivery, id }) => {
    const event = sandbox.world.events.get(id);
    if (event === undefined) throw new StripeFailure(404, `There is no event ${id}.`);
    return delivery.deliver(event);
  },

  'GET clock': describeClock,
  'POST clock': (asked) => {
    const { sandbox } = asked;
    const order = z.strictObject({
      advanceSeconds: z.exactOptional(count),
      captureWindowSeconds: z.exactOptional(count.min(1)),
    });
    const { advanceSeconds = 0, captureWindowSeconds } = read(asked, order);
    if (captureWindowSeconds !== undefined) sandbox.settings.captureWindowSeconds = captureWindowSeconds;
    sandbox.commit({ clockOffsetMs: sandbox.world.clockOffsetMs + advanceSeconds * 1000 });
    letTimePass(sandbox);
    return describeClock(asked);
  },

  'POST disputes': (asked) => {
    const { charge, ...order } = read(asked, disputeOrder);
    return change(asked, (step) => openDispute(step, find({ ...asked, id: charge }, 'charge'), order));
  },
  'POST disputes :id answer': (asked) => change(asked, (step) => answerDispute(step, find(asked, 'dispute'))),
  'POST disputes :id close': (asked) => {
    const { status } = read(asked, z.strictObject({ status: z.enum(['won', 'lost']) }));
    return change(asked, (step) => closeDispute(step, find(asked, 'dispute'), status));
  },

  // What a merchant does on Stripe's own pages: no request of the API, and nothing of ours in the metadata.
  'POST payment_intents :id capture': (asked) => {
    const { amount } = read(asked, z.strictObject({ amount: z.exactOptional(count.min(1)) }));
    const input = amount === undefined ? {} : { amount_to_capture: amount };
    return change(asked, (step) => captureIntent(step, asked.sandbox.world, find(asked, 'payment_intent'), input));
  },
  'POST payment_intents :id cancel': (asked) =>
    change(asked, (step) => cancelIntent(step, asked.sandbox.world, find(asked, 'payment_intent'), null)),
  'POST refunds': (asked) => {
    const input = read(asked, refundOrder);
    return change(asked, (step) => createRefund(step, asked.sandbox.world, input));
  },
  'POST refunds :id succeed': (asked) => change(asked, (step) => succeedRefund(step, find(asked, 'refund'))),
  'POST refunds :id fail': (asked) =>
    change(asked, (step) => failRefund(step, asked.sandbox.world, find(asked, 'refund'))),

  'GET journal': ({ sandbox }) => ({ requests: sandbox.world.requests }),
  'GET state': (asked) => ({
    ...describeClock(asked),
    webhook: asked.sandbox.world.webhook ?? null,
    sessions: asked.sandbox.world.list('checkout.session').map(present),
    payment_intents: asked.sandbox.world.list('payment_intent'),
    charges: asked.sandbox.world.list('charge'),
    refunds: asked.sandbox.world.list('refund'),
    disputes: asked.sandbox.world.list('dispute'),
    balance_transactions: asked.sandbox.world.list('balance_transaction'),
    events: [...asked.sandbox.world.events.values()].map(({ id, type, created }) => ({
      id,
      type,
      created,
      delivery: asked.sandbox.world.deliveries.get(id),
    })),
  }),
};

function read<S extends z.ZodType>({ incoming }: Asked, schema: S): z.output<S> {
  let value: unknown;
  try {
    value = incoming.body === '' ? {} : JSON.parse(incoming.body);
  } catch {
    throw new StripeFailure(400, 'The body is not JSON.');
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new StripeFailure(400, z.prettifyError(result.error));
}

function find<K extends Kind>({ sandbox, id }: Asked, kind: K): Objects[K] {
  const object = sandbox.world.find(kind, id);
  if (object === undefined) throw new StripeFailure(404, `There is no ${kind} ${id}.`);
  return object;
}

function change<T>({ sandbox }: Asked, work: (step: Change) => T): T {
  const step = startChange(sandbox.world.nowSeconds(), NO_ORIGIN);
  const result = work(step);
  sandbox.commit(contentOf(step));
  return result;
}

function setWebhook({ sandbox, delivery }: Asked, url: string, secret?: string): void {
  const known = sandbox.world.webhook?.secret ?? DEFAULT_WEBHOOK_SECRET;
  sandbox.commit({ webhook: { url, secret: secret ?? known } });
  delivery.configure({});
}

function describeClock({ sandbox }: Asked) {
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
