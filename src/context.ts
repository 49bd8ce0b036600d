import type { Logger } from 'pino';
import type { Config } from './config.ts';
import type { Db } from './db/client.ts';
import type { AnswerCache } from './domain/ports/answer-cache.ts';
import type { FeedSignal } from './domain/ports/feed-signal.ts';
import type { Gateway } from './domain/ports/gateway.ts';
import type { Metrics } from './domain/ports/metrics.ts';
import type { Realtime } from './domain/ports/realtime.ts';
import type { RequestScope } from './domain/ports/request-scope.ts';

/** What a use case may reach. Made once in main.ts; each request adds its own `request`. */
export interface Context {
  readonly db: Db;
  readonly config: Config;
  readonly cache: AnswerCache;
  readonly gateway: Gateway;
  /** Null where no realtime service is configured; the feed and its stream are there all the same. */
  readonly realtime: Realtime | null;
  readonly feeds: FeedSignal;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly request: RequestScope;
  /** Whether migrations are done and the jobs run; false again once stopping has begun. */
  readonly isReady: () => boolean;
  /** Wakes the drains of this process, after a commit that gave them something to do. */
  readonly nudge: () => void;
  /** Of a job: what goes through many ends between two of them once this is aborted, and the next process goes on. */
  readonly stopping?: AbortSignal;
}
