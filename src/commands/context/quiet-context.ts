import type { Logger } from 'pino';
import type { Config } from '../../config.ts';
import type { Context } from '../../context.ts';
import type { Db } from '../../db/client.ts';
import { MemoryResponseCache } from '../../http/response-cache/memory-response-cache.ts';
import { makeStripeGateway } from '../../integrations/stripe.ts';
import { MemoryFeedNotifier } from '../../jobs/feed-notifier.ts';
import { makeMetrics } from '../../integrations/metrics.ts';

/** Makes a context for commands: database access only, without cached responses, gateway or realtime service. */
export function makeQuietContext(parts: { readonly config: Config; readonly db: Db; readonly log: Logger }): Context {
  const metrics = makeMetrics();
  // Commands without a gateway of their own must never reach Stripe by mistake, so the URL is a closed port.
  const gateway = makeStripeGateway({ secretKey: 'sk_test_none', webhookSecret: '', apiBase: 'http://127.0.0.1:1' });
  return {
    ...parts,
    metrics,
    gateway,
    cache: new MemoryResponseCache(metrics),
    realtime: null,
    feeds: new MemoryFeedNotifier(),
    request: null,
    isReady: () => true,
    nudge: () => undefined,
  };
}
