import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { waitWhileConnected } from '../../http/exchange.ts';
import type { Fault } from '../http/faults.ts';
import { PusherFailure } from '../http/pusher-failure.ts';
import type { Publication } from '../world/publications.ts';
import type { World } from '../world/world.ts';

/**
 * Publishes, unless a fault keeps it from happening, and answers whether the caller is to be told that it went well.
 *
 * Throws: PusherFailure for faults that are answered.
 */
export async function publish(
  world: World,
  publications: readonly Publication[],
  { response, stopped }: { response: ServerResponse; stopped: AbortSignal },
): Promise<boolean> {
  const take = () => {
    for (const publication of publications) {
      world.publications.add(publication);
      world.hub.broadcast(publication);
    }
  };
  const fault = world.faults.strike();
  if (fault === undefined) {
    take();
    return true;
  }
  return strike(fault, take, { response, stopped });
}

async function strike(
  { kind, waitMs }: Fault,
  take: () => void,
  { response, stopped }: { response: ServerResponse; stopped: AbortSignal },
): Promise<boolean> {
  switch (kind) {
    case 'status_500':
      throw new PusherFailure(500, 'Internal server error (ordered)');
    case 'error_after':
      take();
      throw new PusherFailure(500, 'Internal server error after the publication (ordered)');
    case 'hang':
      if (await waitWhileConnected(response, waitMs)) throw new PusherFailure(504, 'Gateway timeout (ordered)');
      return false;
    case 'slow':
      if (!(await wait(waitMs, true, { signal: stopped }).catch(() => false))) return false;
      take();
      return !response.destroyed;
    case 'drop_before':
      response.destroy();
      return false;
    case 'drop_after':
      take();
      response.destroy();
      return false;
  }
}
