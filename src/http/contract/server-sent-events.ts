import { once } from 'node:events';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

export interface ServerSentEvent {
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

/** Equals the lifetime of an access token, so that revoked access ends a stream when the token would expire. */
const LIFETIME_MS = 15 * 60_000;
/** Delay before a disconnected client reconnects. */
const RETRY_MS = 2_000;

interface Streams {
  readonly open: Set<AbortController>;
  isStopping: boolean;
}

/** Open streams of each server, to end at stop: an open stream would delay the stop. */
const streamsOf = new WeakMap<FastifyInstance['server'], Streams>();

/** Ends every stream when the application closes, streams opened while closing included. */
export function endStreamsOnStop(app: FastifyInstance): void {
  const streams: Streams = { open: new Set(), isStopping: false };
  streamsOf.set(app.server, streams);
  app.addHook('preClose', async () => {
    streams.isStopping = true;
    for (const stream of streams.open) stream.abort();
  });
}

/**
 * Streams server-sent events until the client disconnects, the server stops or the stream reaches its lifetime.
 *
 * `produce` yields batches of events; an empty batch is sent as a keep-alive comment. Back-pressure: the next batch is
 * requested only after the client has received the previous batch.
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
  const lifetime = setTimeout(() => {
    ending.abort();
  }, LIFETIME_MS);
  raw.once('close', () => {
    ending.abort();
  });
  // A disconnect or a stop during authentication emits no further event, so both are checked here.
  if (raw.destroyed || streams?.isStopping === true || request.method === 'HEAD') ending.abort();
  raw.writeHead(200, {
    ...(headers as Record<string, string>),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform',
    // Tells proxies not to buffer the stream.
    'x-accel-buffering': 'no',
    // Closes the connection with the stream: an idle connection would delay a stop.
    connection: 'close',
  });
  raw.write(`retry: ${String(RETRY_MS)}\n\n`);
  void pump(raw, produce(ending.signal), ending.signal)
    .catch((error: unknown) => {
      // The client reconnects and resumes after its last event.
      request.log.error({ err: error }, 'an event stream failed');
    })
    .finally(() => {
      clearTimeout(lifetime);
      streams?.open.delete(ending);
      // A client that stopped reading would not receive a graceful end.
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
    const text = events.length === 0 ? ':\n\n' : events.map(formatEvent).join('');
    if (!raw.write(text)) await once(raw, 'drain', { signal }).catch(() => undefined);
  }
}

function formatEvent({ id, event, data }: ServerSentEvent): string {
  return `id: ${id}\nevent: ${event}\ndata: ${data}\n\n`;
}
