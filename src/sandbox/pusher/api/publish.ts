import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { waitWhileConnected } from '../../http/exchange.ts';
import type { Fault } from '../http/faults.ts';
import { PusherFailure } from '../http/pusher-failure.ts';
import type { Publication } from '../world/publications.ts';
import type { World } from '../world/world.ts';

/**
 * Publishes the events, or runs the next injected fault.
 *
 * Returns: true when the caller receives a success response.
 * Throws: PusherFailure for faults with an error response.
 */
export async function publish(
  world: World,
  publications: readonly Publication[],
  { response, stopped }: { response: ServerResponse; stopped: AbortSignal },
): Promise<boolean> {
  const accept = () => {
    for (const publication of publications) {
      world.publications.add(publication);
      world.hub.broadcast(publication);
    }
  };
  const fault = world.faults.next();
  if (fault === undefined) {
    accept();
    return true;
  }
  return injectFault(fault, accept, { response, stopped });
}

async function injectFault(
  { kind, waitMs }: Fault,
  accept: () => void,
  { response, stopped }: { response: ServerResponse; stopped: AbortSignal },
): Promise<boolean> {
  switch (kind) {
    case 'status_500':
      throw new PusherFailure(500, 'Internal server error (injected fault)');
    case 'error_after':
      accept();
      throw new PusherFailure(500, 'Internal server error after the publication (injected fault)');
    case 'hang':
      if (await waitWhileConnected(response, waitMs)) throw new PusherFailure(504, 'Gateway timeout (injected fault)');
      return false;
    case 'slow':
      if (!(await wait(waitMs, true, { signal: stopped }).catch(() => false))) return false;
      accept();
      return !response.destroyed;
    case 'drop_before':
      response.destroy();
      return false;
    case 'drop_after':
      accept();
      response.destroy();
      return false;
  }
}
