import type Stripe from 'stripe';
import { makeRandom, shuffle } from '../../http/random.ts';
import type { Sandbox } from '../sandbox.ts';
import { signPayload } from './signature.ts';

/** Settings of webhook delivery. An absent field keeps the current value. */
export interface DeliverySettings {
  /** Number of extra copies, sent at the same time. */
  readonly duplicate?: number;
  readonly shuffle?: boolean;
  /** Delay before the first attempt. */
  readonly delayMs?: number;
  /** New events to drop: a share between 0 and 1, or event types. `deliver` can still send a dropped event. */
  readonly drop?: number | readonly string[];
  readonly paused?: boolean;
  /** Seed of the random numbers for `shuffle` and `drop`. */
  readonly seed?: number;
}

interface Waiting {
  attempts: number;
  dueAtMs: number;
  lastError: string | null;
}

export interface Sent {
  readonly status: number | null;
  readonly error: string | null;
}

/** Stripe's usual behaviour. */
const DEFAULT_SETTINGS = { duplicate: 0, shuffle: false, delayMs: 0, drop: 0, paused: false } as const;
const CONCURRENCY = 8;
const TIMEOUT_MS = 10_000;
const FIRST_RETRY_MS = 100;
/** Far below Stripe's hours, so that a restarted server receives waiting events soon. */
const MAX_RETRY_MS = 5_000;
/** Delay of shuffled events, during which later events can overtake. */
const SHUFFLE_WINDOW_MS = 50;

/** Delivers events to the webhook endpoint: at least once, in no order, with retries, like Stripe. */
export class Delivery {
  readonly #sandbox: () => Sandbox;
  readonly #waiting = new Map<string, Waiting>();
  readonly #inFlight = new Map<string, Promise<Sent>>();
  readonly #stopped = new AbortController();
  #settings: Required<Omit<DeliverySettings, 'seed'>> = DEFAULT_SETTINGS;
  #random = makeRandom(1);
  #timer: NodeJS.Timeout | undefined;

  constructor(sandbox: () => Sandbox) {
    this.#sandbox = sandbox;
  }

  /** Resumes the pending deliveries of an earlier process. */
  resume(): void {
    for (const [id, status] of this.#sandbox().world.deliveries) {
      if (status === 'pending') this.#waiting.set(id, { attempts: 0, dueAtMs: 0, lastError: null });
    }
    this.#pump();
  }

  add(ids: readonly string[]): void {
    const dropped = ids.filter((id) => this.#isDropped(id));
    if (dropped.length > 0) this.#sandbox().commit({ dropped });
    const wait = this.#settings.delayMs + (this.#settings.shuffle ? SHUFFLE_WINDOW_MS : 0);
    for (const id of ids) {
      if (!dropped.includes(id)) this.#waiting.set(id, { attempts: 0, dueAtMs: Date.now() + wait, lastError: null });
    }
    this.#pump();
  }

  configure({ seed, ...settings }: DeliverySettings): void {
    if (seed !== undefined) this.#random = makeRandom(seed);
    this.#settings = { ...this.#settings, ...settings };
    this.#pump();
  }

  reset(): void {
    this.#settings = DEFAULT_SETTINGS;
    this.#pump();
  }

  /** Attempts every pending delivery once, in sequence, even while paused. */
  async flush(): Promise<{ delivered: number; pending: number }> {
    const ids = [...this.#waiting.keys()];
    let delivered = 0;
    for (const id of this.#settings.shuffle ? shuffle(ids, this.#random) : ids) {
      await this.#attempt(id);
      if (!this.#waiting.has(id)) delivered += 1;
    }
    return { delivered, pending: this.#waiting.size };
  }

  /** Sends an event now, even when delivered or dropped before. */
  async deliver(event: Stripe.Event): Promise<Sent> {
    const sent = await this.#post(event);
    if (sent.error === null) this.#markDelivered(event.id);
    return sent;
  }

  describe(): object {
    const pending = [...this.#waiting].map(([event, { attempts, lastError }]) => ({ event, attempts, lastError }));
    const statuses = [...this.#sandbox().world.deliveries.values()];
    const count = (status: string) => statuses.filter((candidate) => candidate === status).length;
    return { ...this.#settings, delivered: count('delivered'), dropped: count('dropped'), pending };
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#stopped.abort();
  }

  #isDropped(id: string): boolean {
    const { drop } = this.#settings;
    if (typeof drop !== 'number') return drop.includes(this.#sandbox().world.events.get(id)?.type ?? '');
    return drop > 0 && this.#random() < drop;
  }

  /** Starts the due deliveries, up to the concurrency limit, and sets a timer for the next. */
  #pump(): void {
    clearTimeout(this.#timer);
    if (this.#settings.paused || this.#stopped.signal.aborted || this.#sandbox().world.webhook === undefined) return;
    const idle = [...this.#waiting].filter(([id]) => !this.#inFlight.has(id));
    const due = idle.filter(([, { dueAtMs }]) => dueAtMs <= Date.now());
    const ordered = this.#settings.shuffle ? shuffle(due, this.#random) : due;
    for (const [id] of ordered.slice(0, Math.max(0, CONCURRENCY - this.#inFlight.size))) {
      void this.#attempt(id);
    }
    const later = idle.map(([, { dueAtMs }]) => dueAtMs).filter((at) => at > Date.now());
    if (later.length === 0) return;
    this.#timer = setTimeout(
      () => {
        this.#pump();
      },
      Math.min(...later) - Date.now() + 1,
    ).unref();
  }

  #attempt(id: string): Promise<Sent> {
    const running = this.#inFlight.get(id);
    if (running !== undefined) return running;
    const event = this.#sandbox().world.events.get(id);
    if (event === undefined) throw new Error(`Bug: unknown event ${id}`);
    const attempt = this.#postCopies(event).then((sent) => {
      this.#inFlight.delete(id);
      if (sent.error === null) this.#markDelivered(id);
      else this.#postpone(id, sent.error);
      this.#pump();
      return sent;
    });
    this.#inFlight.set(id, attempt);
    return attempt;
  }

  /** Posts all copies of an event; a single accepted copy counts as delivered. */
  async #postCopies(event: Stripe.Event): Promise<Sent> {
    const copies = Array.from({ length: this.#settings.duplicate + 1 }, () => this.#post(event));
    const [first, ...others] = await Promise.all(copies);
    return others.find((sent) => sent.error === null) ?? first ?? { status: null, error: 'no copy was sent' };
  }

  async #post(event: Stripe.Event): Promise<Sent> {
    const { webhook } = this.#sandbox().world;
    if (webhook === undefined) return { status: null, error: 'no webhook endpoint is set' };
    const payload = JSON.stringify({ ...event, pending_webhooks: 1 }, null, 2);
    try {
      const response = await fetch(webhook.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json; charset=utf-8',
          'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
          'stripe-signature': signPayload(payload, webhook.secret),
        },
        body: payload,
        redirect: 'manual',
        signal: AbortSignal.any([this.#stopped.signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      await response.body?.cancel();
      return { status: response.status, error: response.ok ? null : `status ${String(response.status)}` };
    } catch (error) {
      const { cause, message } = error as { cause?: { code?: string }; message: string };
      return { status: null, error: cause?.code ?? message };
    }
  }

  #markDelivered(id: string): void {
    this.#waiting.delete(id);
    if (!this.#stopped.signal.aborted) this.#sandbox().commit({ delivered: [id] });
  }

  #postpone(id: string, error: string): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    waiting.attempts += 1;
    waiting.lastError = error;
    waiting.dueAtMs = Date.now() + Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(waiting.attempts - 1, 10));
  }
}
