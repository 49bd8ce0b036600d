import { once } from 'node:events';
import { Agent, request } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import Fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { expect, test, vi } from 'vitest';
import { shedLoad } from '../../../src/http/limits/shed-load.ts';
import { endStreamsOnStop, openStream } from '../../../src/http/contract/server-sent-events.ts';
import type { ServerSentEvent } from '../../../src/http/contract/server-sent-events.ts';
import { handleErrors } from '../../../src/http/error-handler.ts';
import { listenTo } from '../../support/http/event-stream.ts';

// Streams by themselves, at moments that the whole application only comes to by accident.

type Produce = Parameters<typeof openStream>[2];

/** Something that is held until it is let go. */
function makeGate() {
  const { promise: passed, resolve } = Promise.withResolvers<undefined>();
  return {
    passed,
    open: () => {
      resolve(undefined);
    },
  };
}

/** A server with one stream at `/`, which begins once `before` is over. */
async function serveStream(produce: Produce, before: () => Promise<unknown> = async () => undefined) {
  const app = Fastify({ forceCloseConnections: 'idle' });
  endStreamsOnStop(app);
  app.get('/', { config: { isStream: true } }, async (incoming, reply) => {
    await before();
    openStream(incoming, reply, produce);
    return reply;
  });
  return { app, url: await app.listen({ port: 0, host: '127.0.0.1' }) };
}

const untilAborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const end = () => {
      resolve();
    };
    if (signal.aborted) end();
    else signal.addEventListener('abort', end);
  });
/** Says nothing, until it is enough. */
async function* silence(signal: AbortSignal): AsyncGenerator<ServerSentEvent[]> {
  await untilAborted(signal);
}

test('who has gone before the stream begins is not written to', async () => {
  const [asked, gone] = [makeGate(), makeGate()];
  const seen: AbortSignal[] = [];
  const { app, url } = await serveStream(
    (signal) => {
      seen.push(signal);
      return silence(signal);
    },
    async () => {
      asked.open();
      await gone.passed;
    },
  );
  const closed = new Promise((resolve) => {
    app.server.once('request', (_, response) => response.once('close', resolve));
  });
  const outgoing = request(url);
  outgoing.on('error', () => undefined);
  outgoing.end();
  await asked.passed;
  outgoing.destroy();
  await closed;
  gone.open();
  await vi.waitFor(() => {
    expect(seen.map(({ aborted }) => aborted)).toEqual([true]);
  }, 10_000);
  await app.close();
});

test('a stream that begins while the server stops ends at once', async () => {
  const [asked, stopping] = [makeGate(), makeGate()];
  const { app, url } = await serveStream(silence, async () => {
    asked.open();
    await stopping.passed;
  });
  const stream = listenTo(url);
  await asked.passed;
  const closed = app.close();
  await hasBegunToStop(app);
  stopping.open();
  await (
    await stream
  ).ended;
  await closed;
});

/** Resolves once the application takes no new connection: what it was to end, it has told to end. */
async function hasBegunToStop(app: FastifyInstance): Promise<void> {
  await vi.waitFor(() => {
    expect(app.server.listening).toBe(false);
  }, 10_000);
}

test('a stream that takes its time to end leaves no connection behind that keeps the server from stopping', async () => {
  const late = makeGate();
  const { app, url } = await serveStream(async function* (signal) {
    yield [{ id: '1', event: 'e', data: '{}' }];
    await untilAborted(signal);
    await late.passed;
  });
  const agent = new Agent({ keepAlive: true });
  const outgoing = request(url, { agent });
  outgoing.end();
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  incoming.resume();
  const closed = app.close();
  await hasBegunToStop(app);
  late.open();
  await closed;
  agent.destroy();
});

test('a reader who takes nothing any more does not keep the server from stopping', async () => {
  const { app, url } = await serveStream(async function* (signal) {
    const event = { id: '1', event: 'e', data: JSON.stringify('x'.repeat(1_000_000)) };
    while (!signal.aborted) yield [event];
  });
  const { promise, resolve } = Promise.withResolvers<ServerResponse>();
  app.server.once('request', (_request, response) => {
    resolve(response);
  });
  const stuck = await listenTo(url);
  stuck.pause();
  const response = await promise;
  // Nothing on the way takes more.
  let written = -1;
  await vi.waitFor(
    () => {
      const before = written;
      written = response.socket?.bytesWritten ?? 0;
      expect([response.writableNeedDrain, written]).toEqual([true, before]);
    },
    { interval: 100, timeout: 10_000 },
  );
  await app.close();
  stuck.close();
});

test('a stream ends after a quarter of an hour, when who may listen has to say so again', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const { app, url } = await serveStream(silence);
    const stream = await listenTo(url);
    const ends: string[] = [];
    const ended = stream.ended.then(() => ends.push('ended'));
    await vi.advanceTimersByTimeAsync(15 * 60_000 - 1);
    expect(ends).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    await ended;
    await app.close();
  } finally {
    vi.useRealTimers();
  }
});

test('who asks for the headers alone gets them, and no stream', async () => {
  const { app, url } = await serveStream(silence);
  const answer = await fetch(url, { method: 'HEAD' });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  await app.close();
});

test('a stream whose source fails ends, so that its reader comes back', async () => {
  const { app, url } = await serveStream(async function* () {
    yield [{ id: '1', event: 'e', data: '{}' }];
    throw new Error('the database is gone');
  });
  const stream = await listenTo(url);
  await stream.ended;
  expect(stream.events).toEqual([{ id: '1', event: 'e', data: {} }]);
  await app.close();
});

test('a thousand requests under way refuse the next one, but no stream, and a thousand streams no request', async () => {
  const app = Fastify();
  handleErrors(app, () => false);
  shedLoad(app);
  const over = makeGate();
  const wait = async () => {
    await over.passed;
    return 'over';
  };
  app.get('/request', wait);
  app.get('/stream', { config: { isStream: true } }, wait);
  app.get('/healthz', async () => 'ok');
  await app.ready();
  const open = (path: string, count: number) =>
    Array.from({ length: count }, () => app.inject({ url: path }).then((answer) => answer));
  const all = [...open('/request', 1_000), ...open('/stream', 1_000)];
  for (const path of ['/request', '/stream']) expect((await app.inject(path)).statusCode).toBe(503);
  expect((await app.inject('/healthz?verbose')).statusCode).toBe(200);
  over.open();
  expect(new Set((await Promise.all(all)).map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
  for (const path of ['/request', '/stream']) expect((await app.inject(path)).statusCode).toBe(200);
  await app.close();
});
