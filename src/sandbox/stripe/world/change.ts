import type Stripe from 'stripe';
import { API_VERSION, randomText } from './objects.ts';
import type { EventType, SandboxObject } from './objects.ts';
import { present } from './present.ts';
import type { ShownObject } from './present.ts';

/** Who asked: Stripe writes it on every event. */
export interface Origin {
  readonly requestId: string | null;
  readonly idempotencyKey: string | null;
}

/** Nobody asked: time passed, or a customer clicked. */
export const NO_ORIGIN: Origin = { requestId: null, idempotencyKey: null };

/** The objects and events of one step, gathered so that they are journaled and become true at once. */
export interface Change {
  readonly nowSeconds: number;
  readonly objects: readonly SandboxObject[];
  readonly events: readonly Stripe.Event[];
  put<T extends SandboxObject>(object: T): T;
  /** Tells what happened to an object, as it is now; `before` gives the attributes that were different. */
  emit(type: EventType, object: SandboxObject, before?: SandboxObject): void;
}

export function startChange(nowSeconds: number, origin: Origin): Change {
  const objects: SandboxObject[] = [];
  const events: Stripe.Event[] = [];
  return {
    nowSeconds,
    objects,
    events,
    put: (object) => {
      objects.push(object);
      return object;
    },
    emit: (type, object, before) => {
      events.push({
        id: `evt_${randomText(24)}`,
        object: 'event',
        api_version: API_VERSION,
        created: nowSeconds,
        data: {
          object: present(object),
          ...(before && { previous_attributes: listPrevious(present(before), present(object)) }),
        },
        livemode: false,
        pending_webhooks: 1,
        request: { id: origin.requestId, idempotency_key: origin.idempotencyKey },
        type,
      } as Stripe.Event);
    },
  };
}

/** Top-level attributes of `before` that `after` has otherwise. */
function listPrevious(before: ShownObject, after: ShownObject): Record<string, unknown> {
  const now = after as unknown as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(before).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(now[name])),
  );
}
