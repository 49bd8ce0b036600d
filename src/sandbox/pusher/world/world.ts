import type { Faults } from '../http/faults.ts';
import type { PusherApp } from '../pusher-app.ts';
import type { Hub } from './hub.ts';
import type { Publications } from './publications.ts';

/** Everything the sandbox knows. It is gone with the process: the service has no history either. */
export interface World {
  readonly app: PusherApp;
  readonly hub: Hub;
  readonly publications: Publications;
  readonly faults: Faults;
}
