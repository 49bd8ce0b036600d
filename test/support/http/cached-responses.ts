import { buildApp } from '../../../src/app.ts';
import { FEED_CHANNEL, listenToFeeds } from '../../../src/db/connection/listen.ts';
import { MemoryResponseCache } from '../../../src/http/response-cache/memory-response-cache.ts';
import type { Answer, TestApp } from '../server/app.ts';
import { numberAll } from '../database/feed.ts';

/** The series of reads that may be answered from memory: those that were, and those that were not. */
export const HIT = 'holdfast_cache_reads_total result=hit';
export const MISS = 'holdfast_cache_reads_total result=miss';

/** Lets the application keep answers, though no database tells it of changes: only for changes made through itself. */
export function keepAnswers({ ctx }: TestApp): void {
  if (!(ctx.cache instanceof MemoryResponseCache)) throw new Error('Bug: a cache that can not be told to keep answers');
  ctx.cache.setListening(true);
}

/** Reads a public path of ours; throws unless it is answered. */
export type Read = (path: string) => Promise<Answer['body']>;

export interface OtherProcess {
  readonly read: Read;
  /** Numbers what waits for its number; resolves once every notification of it has been received. */
  catchUp(): Promise<void>;
  close(): Promise<void>;
}

/** A second server on the same database: it keeps answers, and receives changes by the feed alone. */
export async function openOtherProcess(t: TestApp): Promise<OtherProcess> {
  const cache = new MemoryResponseCache({ countCache: () => undefined });
  const reader = await openReader(t, cache);
  const listening = Promise.withResolvers<undefined>();
  let marks = 0;
  let onMark = (): void => undefined;
  const listener = listenToFeeds(t.database.url, {
    onGrown: (changes) => {
      cache.receive(changes);
      if (changes.some(({ slug }) => slug === `mark-${String(marks)}`)) onMark();
    },
    onListening: (isListening) => {
      cache.setListening(isListening);
      listening.resolve(undefined);
    },
  });
  await listening.promise;
  return {
    read: reader.read,
    catchUp: async () => {
      await numberAll(t.ctx);
      marks += 1;
      // Notifications arrive in the order of their commits, so after this one all of them are here.
      const marked = new Promise<void>((resolve) => (onMark = resolve));
      await t.database.sql('SELECT pg_notify($1, $2)', [FEED_CHANNEL, `mark-${String(marks)}`]);
      await marked;
    },
    close: async () => {
      await listener.stop();
      await reader.close();
    },
  };
}

/** A server on the same database that keeps nothing: what it reads is so. */
export async function openReader(
  t: TestApp,
  cache = new MemoryResponseCache({ countCache: () => undefined }),
): Promise<{ read: Read; close(): Promise<void> }> {
  const app = await buildApp({ ...t.ctx, cache });
  return {
    read: async (path) => {
      const answer = await app.inject({ method: 'GET', url: `/api${path}` });
      if (answer.statusCode !== 200) throw new Error(`${path}: ${answer.body}`);
      return answer.json();
    },
    close: async () => {
      await app.close();
    },
  };
}
