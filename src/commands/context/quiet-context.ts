import type { Logger } from 'pino';
import type { Config } from '../../config.ts';
import type { Context } from '../../context.ts';
import type { Db } from '../../db/client.ts';
import { NO_REQUEST } from '../../domain/ports/request-scope.ts';
import { MemoryAnswerCache } from '../../http/kept/answer-cache.ts';
import { makeStripeGateway } from '../../integrations/stripe.ts';
import { FeedBell } from '../../jobs/feed-bell.ts';
import { makeMetrics } from '../../integrations/metrics.ts';

/** A context for work beside the server: it reads and writes the database, keeps no answers and asks nobody else. */
export function makeQuietContext(parts: { readonly config: Config; readonly db: Db; readonly log: Logger }): Context {
  const metrics = makeMetrics();
  // Nothing here is asked of the gateway; should it be, it must not by mistake be at Stripe's own.
  const gateway = makeStripeGateway({ secretKey: 'sk_test_none', webhookSecret: '', apiBase: 'http://127.0.0.1:1' });
  return {
    ...{ ...parts, metrics, gateway },
    cache: new MemoryAnswerCache(metrics),
    realtime: null,
    feeds: new FeedBell(),
    request: NO_REQUEST,
    isReady: () => true,
    nudge: () => undefined,
  };
}
