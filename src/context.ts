import type { Logger } from 'pino';
import type { Config } from './config.ts';
import type { Db } from './db/client.ts';
import type { ResponseCache } from './domain/ports/response-cache.ts';
import type { FeedNotifier } from './domain/ports/feed-notifier.ts';
import type { Gateway } from './domain/ports/gateway.ts';
import type { Metrics } from './domain/ports/metrics.ts';
import type { Realtime } from './domain/ports/realtime.ts';
import type { Author } from './domain/booking/booking.ts';
import type { RequestScope } from './domain/ports/request-scope.ts';

/** Dependencies of use cases. Created once in main.ts; jobs and commands use the bare context. */
export interface Context {
  readonly db: Db;
  readonly config: Config;
  readonly cache: ResponseCache;
  readonly gateway: Gateway;
  /** Null without a configured realtime service; the feed and the event stream work without. */
  readonly realtime: Realtime | null;
  readonly feeds: FeedNotifier;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** The current request; null in jobs and commands. */
  readonly request: RequestScope | null;
  /** True while migrations are applied and the jobs run; false after the shutdown has begun. */
  readonly isReady: () => boolean;
  /** Wakes the drains of this process after a commit that queued work. */
  readonly nudge: () => void;
  /** Aborted at shutdown: a job over many rows stops between two rows, and the next process continues. */
  readonly stopping?: AbortSignal;
}

declare const ofRequest: unique symbol;

/**
 * The context of one request: author, idempotency key and dry run.
 *
 * Only `makeRequestContext` creates a `RequestContext`, so a use case that needs one does not compile with the bare
 * context.
 */
export interface RequestContext extends Context {
  readonly [ofRequest]: true;
  readonly request: RequestScope;
  readonly author: Author;
}
