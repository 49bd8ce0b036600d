import type Stripe from 'stripe';
import { API_VERSION, randomText } from './objects.ts';
import type { EventType, SandboxObject } from './objects.ts';
import { present } from './present.ts';
import type { ShownObject } from './present.ts';

/** The API request behind a change; Stripe shows the request on every event. */
export interface Origin {
  readonly requestId: string | null;
  readonly idempotencyKey: string | null;
}

/** The origin of a change without API request: elapsed time or a customer's click. */
export const NO_ORIGIN: Origin = { requestId: null, idempotencyKey: null };

/** The objects and events of a step, collected for a single journal entry. */
export interface Change {
  readonly nowSeconds: number;
  readonly objects: readonly SandboxObject[];
  readonly events: readonly Stripe.Event[];
  put<T extends SandboxObject>(object: T): T;
  /** Adds an event about an object. `before` provides the previous attributes. */
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

/** Lists the top-level attributes of `before` that differ in `after`. */
function listPrevious(before: ShownObject, after: ShownObject): Record<string, unknown> {
  const current = after as unknown as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(before).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(current[name])),
  );
}
