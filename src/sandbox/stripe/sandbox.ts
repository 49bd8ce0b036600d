import { expireSession } from './money/expire-session.ts';
import { lapseIntent } from './money/capture-intent.ts';
import { NO_ORIGIN, startChange } from './world/change.ts';
import type { Change } from './world/change.ts';
import type { Entry } from './world/entry.ts';
import type { Journal } from './world/journal.ts';
import { idOf } from './world/objects.ts';
import type { World } from './world/world.ts';

/** The state of the sandbox, with `commit` as the only way to change the state. */
export interface Sandbox {
  readonly world: World;
  readonly settings: Settings;
  /** Appends an entry to the journal and applies the entry to the world. */
  commit(entry: Entry): void;
}

export interface Settings {
  /** Base URL of the checkout page for customers' browsers. */
  publicUrl: string;
  /** Lifetime of an authorization; Stripe's default for cards is seven days. */
  captureWindowSeconds: number;
}

export const DEFAULT_CAPTURE_WINDOW_SECONDS = 7 * 24 * 3600;

/** Restores a sandbox from the journal. `onEvents` receives every new event after the write to the journal. */
export function openSandbox(
  world: World,
  journal: Journal,
  settings: Settings,
  onEvents: (ids: readonly string[]) => void,
): Sandbox {
  for (const entry of journal.past) world.apply(entry);
  return {
    world,
    settings,
    commit: (entry) => {
      journal.append(entry);
      world.apply(entry);
      if (entry.events !== undefined) onEvents(entry.events.map((event) => event.id));
    },
  };
}

/** Returns the objects and events of a change, for a journal entry. */
export function contentOf(change: Change): Pick<Entry, 'objects' | 'events'> {
  return {
    ...(change.objects.length > 0 && { objects: change.objects }),
    ...(change.events.length > 0 && { events: change.events }),
  };
}

/** The latest applied second of each sandbox. */
const appliedSeconds = new WeakMap<Sandbox, number>();

/** Expires overdue sessions and voids overdue authorizations by the sandbox's clock. */
export function applyElapsedTime(sandbox: Sandbox): void {
  const { world } = sandbox;
  const now = world.nowSeconds();
  // Every deadline is a whole second, so a check per second misses none.
  if (appliedSeconds.get(sandbox) === now) return;
  appliedSeconds.set(sandbox, now);
  for (const id of world.openSessions) {
    const session = world.get('checkout.session', id);
    if (session.expires_at > now) continue;
    const change = startChange(now, NO_ORIGIN);
    expireSession(change, world, session);
    sandbox.commit(contentOf(change));
  }
  for (const id of world.authorizedIntents) {
    const intent = world.get('payment_intent', id);
    const charge = world.get('charge', idOf(intent.latest_charge));
    const captureBefore = charge.payment_method_details?.card?.capture_before;
    if (captureBefore === undefined || captureBefore > now) continue;
    const change = startChange(now, NO_ORIGIN);
    lapseIntent(change, world, intent);
    sandbox.commit(contentOf(change));
  }
}
