import type Stripe from 'stripe';
import type { Entry, RecordedRequest, StoredAnswer, Webhook } from './entry.ts';
import { idOf } from './objects.ts';
import type { Kind, Objects, SandboxObject, StoredSession } from './objects.ts';

export type DeliveryStatus = 'pending' | 'delivered' | 'dropped';

/** Stripe may forget an idempotency key after a day; the sandbox does, so that nobody relies on more. */
const KEY_LIFE_SECONDS = 24 * 3600;

/**
 * All that the sandbox knows: nothing but the sum of its journal.
 *
 * It changes only by `apply`, the same for an entry just made and for one read back after a restart.
 */
export class World {
  readonly requests: RecordedRequest[] = [];
  readonly events = new Map<string, Stripe.Event>();
  readonly deliveries = new Map<string, DeliveryStatus>();
  /** Sessions that can still be paid or expire, and intents that hold money not yet taken. */
  readonly openSessions = new Set<string>();
  readonly authorizedIntents = new Set<string>();
  clockOffsetMs = 0;
  webhook: Webhook | undefined;

  readonly #objects: { [K in Kind]: Map<string, Objects[K]> } = {
    'checkout.session': new Map(),
    payment_intent: new Map(),
    charge: new Map(),
    refund: new Map(),
    dispute: new Map(),
    balance_transaction: new Map(),
  };
  readonly #answers = new Map<string, StoredAnswer>();
  readonly #sessionOfIntent = new Map<string, string>();
  readonly #refundsOfCharge = new Map<string, Set<string>>();

  /** Milliseconds since the epoch on the sandbox's own clock, which only runs ahead of the real one. */
  nowMs(): number {
    return Date.now() + this.clockOffsetMs;
  }

  nowSeconds(): number {
    return Math.floor(this.nowMs() / 1000);
  }

  find<K extends Kind>(kind: K, id: string): Objects[K] | undefined {
    return this.#objects[kind].get(id);
  }

  /** Like `find`, for what must exist. */
  get<K extends Kind>(kind: K, id: string | null): Objects[K] {
    const object = id === null ? undefined : this.find(kind, id);
    if (object === undefined) throw new Error(`Bug: there is no ${kind} ${String(id)}`);
    return object;
  }

  /** In the order they were made. */
  list<K extends Kind>(kind: K): Objects[K][] {
    return [...this.#objects[kind].values()];
  }

  sessionOf(intentId: string): StoredSession | undefined {
    const id = this.#sessionOfIntent.get(intentId);
    return id === undefined ? undefined : this.find('checkout.session', id);
  }

  refundsOf(chargeId: string): Stripe.Refund[] {
    return [...(this.#refundsOfCharge.get(chargeId) ?? [])].map((id) => this.get('refund', id));
  }

  /** The answer kept under a key, unless it is a day old. */
  findAnswer(key: string): StoredAnswer | undefined {
    const answer = this.#answers.get(key);
    return answer !== undefined && answer.at + KEY_LIFE_SECONDS > this.nowSeconds() ? answer : undefined;
  }

  apply(entry: Entry): void {
    if (entry.request !== undefined) this.requests.push(entry.request);
    if (entry.answer !== undefined) this.#answers.set(entry.answer.key, entry.answer);
    for (const object of entry.objects ?? []) this.#put(object);
    for (const event of entry.events ?? []) {
      this.events.set(event.id, event);
      this.deliveries.set(event.id, 'pending');
    }
    for (const id of entry.delivered ?? []) this.deliveries.set(id, 'delivered');
    for (const id of entry.dropped ?? []) this.deliveries.set(id, 'dropped');
    if (entry.clockOffsetMs !== undefined) this.clockOffsetMs = entry.clockOffsetMs;
    if (entry.webhook !== undefined) this.webhook = entry.webhook;
  }

  #put(object: SandboxObject): void {
    (this.#objects[object.object] as Map<string, SandboxObject>).set(object.id, object);
    if (object.object === 'checkout.session') {
      setMembership(this.openSessions, object.id, object.status === 'open');
      const intentId = idOf(object.payment_intent);
      if (intentId !== null) this.#sessionOfIntent.set(intentId, object.id);
    }
    if (object.object === 'payment_intent') {
      setMembership(this.authorizedIntents, object.id, object.status === 'requires_capture');
    }
    if (object.object === 'refund') {
      const chargeId = idOf(object.charge) ?? '';
      const refunds = this.#refundsOfCharge.get(chargeId) ?? new Set();
      this.#refundsOfCharge.set(chargeId, refunds.add(object.id));
    }
  }
}

function setMembership(ids: Set<string>, id: string, isMember: boolean): void {
  if (isMember) ids.add(id);
  else ids.delete(id);
}
