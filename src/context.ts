import type { Logger } from 'pino';
import type { Config } from './config.ts';
import type { Db } from './db/client.ts';
import type { Gateway } from './domain/gateway.ts';
import type { RequestScope } from './domain/request-scope.ts';

/** What a use case may reach. Made once in main.ts; each request adds its own `request`. */
export interface Context {
  readonly db: Db;
  readonly config: Config;
  readonly gateway: Gateway;
  readonly log: Logger;
  readonly request: RequestScope;
  /** Whether migrations are done and the jobs run; false again once stopping has begun. */
  readonly isReady: () => boolean;
  /** Wakes the drains of this process, after a commit that gave them something to do. */
  readonly nudge: () => void;
}
