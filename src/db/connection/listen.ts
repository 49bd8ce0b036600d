import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { PropertyChange } from '../../domain/feed/property-change.ts';
import { decodeChange } from '../../domain/feed/encode-change.ts';

/** Notifications name the properties whose feeds have grown, each with what that touches. */
export const FEED_CHANNEL = 'holdfast_feed';

const FIRST_WAIT_MS = 100;
const MAX_WAIT_MS = 5_000;
/** A dead connection is detected by a query, because a quiet one looks the same. */
const ASK_EVERY_MS = 2_000;
const ANSWER_WITHIN_MS = 2_000;

export interface FeedListener {
  /** The feeds of these properties have grown, by changes that touch this. */
  readonly onGrown: (changes: readonly PropertyChange[]) => void;
  /** True once notifications arrive, false when they may be missed: what happens then must be found by reading. */
  readonly onListening: (isListening: boolean) => void;
}

/**
 * Receives what other processes have committed, on a connection of its own.
 *
 * A lost connection is made again, first soon and then every few seconds, until it is stopped.
 */
export function listenToFeeds(url: string, listener: FeedListener): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const listening = keepListening(url, listener, stopping.signal);
  return {
    stop: async () => {
      stopping.abort();
      await listening;
    },
  };
}

async function keepListening(url: string, listener: FeedListener, stopping: AbortSignal): Promise<void> {
  for (let failures = 0; !stopping.aborted; failures += 1) {
    const wasListening = await listenOnce(url, listener, stopping);
    listener.onListening(false);
    if (wasListening) failures = 0;
    const waitMs = Math.min(FIRST_WAIT_MS * 2 ** failures, MAX_WAIT_MS);
    await sleep(waitMs, undefined, { signal: stopping }).catch(() => undefined);
  }
}

/** Listens until the connection ends, or we do. Answers whether it ever began. */
async function listenOnce(url: string, listener: FeedListener, stopping: AbortSignal): Promise<boolean> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'holdfast-listener',
    connectionTimeoutMillis: ANSWER_WITHIN_MS,
    query_timeout: ANSWER_WITHIN_MS,
    keepAlive: true,
  });
  const lost = new AbortController();
  const end = () => {
    lost.abort();
  };
  client.on('error', end);
  client.on('end', end);
  stopping.addEventListener('abort', end);
  client.on('notification', ({ payload = '' }) => {
    listener.onGrown(payload.split(' ').map(decodeChange));
  });
  let isListening = false;
  try {
    await client.connect();
    await client.query(`LISTEN ${FEED_CHANNEL}`);
    isListening = true;
    listener.onListening(true);
    for (;;) {
      await sleep(ASK_EVERY_MS, undefined, { signal: lost.signal });
      await client.query('SELECT 1');
    }
  } catch {
    return isListening;
  } finally {
    stopping.removeEventListener('abort', end);
    // Whatever there is to say about a connection that we give up has been said.
    client.removeAllListeners('notification');
    // A server that has fallen silent does not say goodbye either.
    const patience = sleep(ANSWER_WITHIN_MS, undefined, { ref: false });
    await Promise.race([client.end().catch(() => undefined), patience]);
  }
}
