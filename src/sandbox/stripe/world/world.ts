import type Stripe from 'stripe';
import type { Entry, RecordedRequest, StoredResponse, Webhook } from './entry.ts';
import { idOf } from './objects.ts';
import type { Kind, Objects, SandboxObject, StoredSession } from './objects.ts';

export type DeliveryStatus = 'pending' | 'delivered' | 'dropped';

/** Stripe may delete an idempotency key after a day; the sandbox always does, so that no client relies on more. */
const KEY_LIFE_SECONDS = 24 * 3600;

/**
 * The state of the sandbox: the sum of the journal's entries.
 *
 * Only `apply` changes the state, for new entries and for entries read after a restart.
 */
export class World {
  readonly requests: RecordedRequest[] = [];
  readonly events = new Map<string, Stripe.Event>();
  readonly deliveries = new Map<string, DeliveryStatus>();
  /** Ids of open sessions. */
  readonly openSessions = new Set<string>();
  /** Ids of payment intents with an uncaptured authorization. */
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
  readonly #responses = new Map<string, StoredResponse>();
  readonly #sessionOfIntent = new Map<string, string>();
  readonly #refundsOfCharge = new Map<string, Set<string>>();

  /** Milliseconds since the epoch on the sandbox's clock, which is never behind real time. */
  nowMs(): number {
    return Date.now() + this.clockOffsetMs;
  }

  nowSeconds(): number {
    return Math.floor(this.nowMs() / 1000);
  }

  find<K extends Kind>(kind: K, id: string): Objects[K] | undefined {
    return this.#objects[kind].get(id);
  }

  /** Finds an object that must exist. */
  get<K extends Kind>(kind: K, id: string | null): Objects[K] {
    const object = id === null ? undefined : this.find(kind, id);
    if (object === undefined) throw new Error(`Bug: unknown ${kind} ${String(id)}`);
    return object;
  }

  /** Lists the objects of a kind in order of creation. */
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

  /** Finds the stored response of an idempotency key younger than a day. */
  findResponse(key: string): StoredResponse | undefined {
    const response = this.#responses.get(key);
    return response !== undefined && response.at + KEY_LIFE_SECONDS > this.nowSeconds() ? response : undefined;
  }

  apply(entry: Entry): void {
    if (entry.request !== undefined) this.requests.push(entry.request);
    if (entry.answer !== undefined) this.#responses.set(entry.answer.key, entry.answer);
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
