import { expireSession } from './money/expire-session.ts';
import { lapseIntent } from './money/settle-intent.ts';
import { NO_ORIGIN, startChange } from './world/change.ts';
import type { Change } from './world/change.ts';
import type { Entry } from './world/entry.ts';
import type { Journal } from './world/journal.ts';
import { idOf } from './world/objects.ts';
import type { World } from './world/world.ts';

/** The sandbox's state and the one way to change it. */
export interface Sandbox {
  readonly world: World;
  readonly settings: Settings;
  /** Writes an entry to the journal; the world must know its objects already, or learns them now. */
  commit(entry: Entry): void;
}

export interface Settings {
  /** Where customers' browsers find the checkout page. */
  publicUrl: string;
  /** How long authorized money is held; Stripe's default for cards is seven days. */
  captureWindowSeconds: number;
}

export const DEFAULT_CAPTURE_WINDOW_SECONDS = 7 * 24 * 3600;

/** A sandbox over what the journal holds; `onEvents` hears of every event once it is written down. */
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

/** What a change did, as it goes into the journal. */
export function contentOf(change: Change): Pick<Entry, 'objects' | 'events'> {
  return {
    ...(change.objects.length > 0 && { objects: change.objects }),
    ...(change.events.length > 0 && { events: change.events }),
  };
}

/** The second up to which time has passed in a sandbox. */
const passed = new WeakMap<Sandbox, number>();

/** Brings about what the clock says: sessions past their time expire, held money past its time is let go. */
export function letTimePass(sandbox: Sandbox): void {
  const { world } = sandbox;
  const now = world.nowSeconds();
  // Everything ends on whole seconds, so one look per second misses nothing.
  if (passed.get(sandbox) === now) return;
  passed.set(sandbox, now);
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
