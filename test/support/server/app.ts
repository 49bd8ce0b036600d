import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { buildApp } from '../../../src/app.ts';
import { readConfig } from '../../../src/config.ts';
import type { Context } from '../../../src/context.ts';
import { connectDatabase } from '../../../src/db/connection/connect-database.ts';
import { MemoryResponseCache } from '../../../src/http/response-cache/memory-response-cache.ts';
import { makePusher } from '../../../src/integrations/pusher.ts';
import { makeStripeGateway } from '../../../src/integrations/stripe.ts';
import { MemoryFeedNotifier } from '../../../src/jobs/feed-notifier.ts';
import { SERIALIZERS } from '../../../src/log.ts';
import { makeMetrics } from '../../../src/integrations/metrics.ts';
import { signAccessToken } from '../../../src/services/platform/auth/session/access-token.ts';
import { cloneDatabase } from '../database/database.ts';
import type { TestDatabase } from '../database/database.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  // Tests read answers as a client would: as JSON whose shape they assert.

  readonly body: any;
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface CallOptions {
  readonly body?: unknown;
  readonly token?: string;
  readonly headers?: Record<string, string>;
}

export interface TestApp {
  readonly app: FastifyInstance;
  readonly ctx: Context;
  readonly database: TestDatabase;
  /** What was logged, one object per line. */
  readonly logged: Record<string, unknown>[];
  call(method: Method, path: string, options?: CallOptions): Promise<Answer>;
  /** An access token for one of the demo logins. */
  tokenFor(email: string): Promise<string>;
  close(): Promise<void>;
}

/** The whole application on a database of its own, with rate limits off unless asked for. No jobs run. */
export async function startTestApp(variables: Record<string, string> = {}): Promise<TestApp> {
  const database = await cloneDatabase();
  const config = readConfig({ NODE_ENV: 'test', RATE_LIMIT_SCALE: '0', DATABASE_URL: database.url, ...variables });
  const logged: Record<string, unknown>[] = [];
  const log = pino(
    { level: config.LOG_LEVEL, serializers: SERIALIZERS },
    { write: (line: string) => void logged.push(JSON.parse(line) as Record<string, unknown>) },
  );
  const metrics = makeMetrics();
  const db = connectDatabase({
    url: database.url,
    poolSize: config.DATABASE_POOL_SIZE,
    onPoolError: () => undefined,
    metrics,
  });
  const gateway = makeStripeGateway({
    secretKey: 'sk_test_sandbox',
    webhookSecret: config.STRIPE_WEBHOOK_SECRET ?? 'whsec_test',
    // Where no sandbox runs, nobody answers, and a test that pays without one fails at once.
    apiBase: config.STRIPE_API_BASE ?? 'http://127.0.0.1:1',
    timeoutMs: 1_000,
  });
  const ctx: Context = {
    db,
    config,
    gateway,
    log,
    metrics,
    request: null,
    // Nobody tells this process of changes, so it keeps no answers.
    cache: new MemoryResponseCache(metrics),
    feeds: new MemoryFeedNotifier(),
    realtime: config.pusher && makePusher({ ...config.pusher, timeoutMs: 1_000 }),
    isReady: () => true,
    nudge: () => undefined,
  };
  const app = await buildApp(ctx);
  return {
    app,
    ctx,
    database,
    logged,
    call: async (method, path, options = {}) => {
      const answer = await app.inject({
        method,
        url: path.startsWith('/api') || !path.startsWith('/v1') ? path : `/api${path}`,
        headers: { ...(options.token && { authorization: `Bearer ${options.token}` }), ...options.headers },
        ...(options.body !== undefined && { payload: options.body as object }),
      });
      const isJson = String(answer.headers['content-type']).includes('json');
      return { status: answer.statusCode, headers: answer.headers, body: isJson ? answer.json() : answer.body };
    },
    tokenFor: async (email) => {
      const user = await db.user.findUniqueOrThrow({ where: { email } });
      return signAccessToken(ctx, user.id);
    },
    close: async () => {
      await app.close();
      await metrics.stop();
      await db.$disconnect();
      await database.drop();
    },
  };
}
