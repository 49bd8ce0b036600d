import { once } from 'node:events';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

export interface ServerSentEvent {
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

/** As long as an access token: who has lost the right to listen is out when theirs has run out. */
const LIFETIME_MS = 15 * 60_000;
/** How soon a client that lost us is to come back. */
const RETRY_MS = 2_000;

interface Streams {
  readonly open: Set<AbortController>;
  isStopping: boolean;
}

/** Streams of this process: ended when it stops, or it would wait for them. */
const streamsOf = new WeakMap<FastifyInstance['server'], Streams>();

/** Ends every stream when the application closes, and those that begin while it does. */
export function endStreamsOnStop(app: FastifyInstance): void {
  const streams: Streams = { open: new Set(), isStopping: false };
  streamsOf.set(app.server, streams);
  app.addHook('preClose', async () => {
    streams.isStopping = true;
    for (const stream of streams.open) stream.abort();
  });
}

/**
 * Answers with a stream of server-sent events until the client goes, the server stops or the stream is old.
 *
 * `produce` yields events as they come, and an empty list where there is nothing to say but that we are here. It is asked
 * for more only when the client has taken what it was sent.
 */
export function openStream(
  request: FastifyRequest,
  reply: FastifyReply,
  produce: (signal: AbortSignal) => AsyncIterable<readonly ServerSentEvent[]>,
): void {
  const headers = reply.getHeaders();
  reply.hijack();
  const { raw } = reply;
  const ending = new AbortController();
  const streams = streamsOf.get(request.server.server);
  streams?.open.add(ending);
  const age = setTimeout(() => {
    ending.abort();
  }, LIFETIME_MS);
  raw.once('close', () => {
    ending.abort();
  });
  // The first two can have happened while we found out who is calling, and are not said again.
  if (raw.destroyed || streams?.isStopping === true || request.method === 'HEAD') ending.abort();
  raw.writeHead(200, {
    ...(headers as Record<string, string>),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform',
    // Proxies that collect what they pass on would keep it until the end.
    'x-accel-buffering': 'no',
    // The connection goes with the stream: one that is kept for another request keeps a server from stopping.
    connection: 'close',
  });
  raw.write(`retry: ${String(RETRY_MS)}\n\n`);
  void pump(raw, produce(ending.signal), ending.signal)
    .catch((error: unknown) => {
      // The client comes again and goes on where it was.
      request.log.error({ err: error }, 'a stream of events broke off');
    })
    .finally(() => {
      clearTimeout(age);
      streams?.open.delete(ending);
      // Who takes nothing any more would not take the end either.
      if (raw.writableNeedDrain) raw.destroy();
      else raw.end();
    });
}

async function pump(
  raw: FastifyReply['raw'],
  batches: AsyncIterable<readonly ServerSentEvent[]>,
  signal: AbortSignal,
): Promise<void> {
  for await (const events of batches) {
    if (signal.aborted) return;
    const text = events.length === 0 ? ':\n\n' : events.map(spell).join('');
    if (!raw.write(text)) await once(raw, 'drain', { signal }).catch(() => undefined);
  }
}

function spell({ id, event, data }: ServerSentEvent): string {
  return `id: ${id}\nevent: ${event}\ndata: ${data}\n\n`;
}
