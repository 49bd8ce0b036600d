import type { Faults } from '../http/faults.ts';
import type { PusherApp } from '../pusher-app.ts';
import type { Hub } from './hub.ts';
import type { Publications } from './publications.ts';

/** The state of the sandbox, in memory only: Pusher has no history either. */
export interface World {
  readonly app: PusherApp;
  readonly hub: Hub;
  readonly publications: Publications;
  readonly faults: Faults;
}
