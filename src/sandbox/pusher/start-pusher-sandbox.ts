import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { jsonReply, readIncoming, send } from '../http/exchange.ts';
import { isOwnRequest } from '../http/is-own-request.ts';
import type { Incoming } from '../http/exchange.ts';
import { makeApi } from './api/serve-api.ts';
import { serveControl } from './control/serve-control.ts';
import { Faults } from './http/faults.ts';
import { PusherFailure } from './http/pusher-failure.ts';
import { SANDBOX_APP } from './pusher-app.ts';
import type { PusherApp } from './pusher-app.ts';
import { acceptSockets } from './sockets/accept-sockets.ts';
import { Hub } from './world/hub.ts';
import { Publications } from './world/publications.ts';
import type { World } from './world/world.ts';

export interface PusherSandboxOptions extends Partial<PusherApp> {
  /** 0, the default, takes any free port. */
  readonly port?: number;
  readonly host?: string;
}

export interface PusherSandbox extends PusherApp {
  /** Base URL of the HTTP API, the WebSockets and the page at `/_sandbox`. */
  readonly url: string;
  close(): Promise<void>;
}

/** Limit for a body: above a batch of ten events of 10 kB with every character escaped. */
const MAX_BODY_BYTES = 1024 * 1024;

/** Starts a stand-in for Pusher Channels, protocol 7, for the unmodified SDKs of servers and browsers. */
export async function startPusherSandbox(options: PusherSandboxOptions = {}): Promise<PusherSandbox> {
  const { port = 0, host = '127.0.0.1', ...appOptions } = options;
  const app: PusherApp = { ...SANDBOX_APP, ...appOptions };
  const world: World = { app, hub: new Hub(), publications: new Publications(), faults: new Faults() };
  const stopped = new AbortController();
  const serveApi = makeApi(world, stopped.signal);
  const serve = async (incoming: Incoming): Promise<void> => {
    if (incoming.path.startsWith('/apps/')) await serveApi(incoming);
    else if (!isOwnRequest(incoming.headers, null))
      throw new PusherFailure(403, 'Open the sandbox by its own address.');
    else if (/^\/_sandbox(\/|$)/.test(incoming.path)) send(incoming.response, serveControl(world, incoming));
    else throw new PusherFailure(404, `Unknown path: ${incoming.path}`);
  };
  const server = createServer((request, response) => {
    void respond(request, response, serve);
  });
  const terminateSockets = acceptSockets(server, app, world.hub);
  const url = await listen(server, port, host);
  return {
    url,
    ...app,
    close: async () => {
      stopped.abort();
      const closed = new Promise((resolve) => server.close(resolve));
      terminateSockets();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  serve: (incoming: Incoming) => Promise<void>,
): Promise<void> {
  try {
    await assertBodySize(request);
    await serve(await readIncoming(request, response));
  } catch (error) {
    if (!(error instanceof PusherFailure)) console.error(error);
    const { status, message } =
      error instanceof PusherFailure ? error : { status: 500, message: `The sandbox failed: ${String(error)}` };
    if (response.headersSent || response.destroyed) response.destroy();
    else if (request.url?.startsWith('/_sandbox')) send(response, jsonReply(status, { error: { message } }));
    else send(response, { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: `${message}\n` });
  }
}

/**
 * Reads and discards a body above the limit, because a client that is still sending reads no response.
 *
 * Throws: PusherFailure 413 for such a body.
 */
async function assertBodySize(request: IncomingMessage): Promise<void> {
  if (Number(request.headers['content-length'] ?? 0) <= MAX_BODY_BYTES) return;
  for await (const _ of request);
  throw new PusherFailure(413, `The body is larger than ${String(MAX_BODY_BYTES)} bytes`);
}

async function listen(server: Server, port: number, host: string): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Bug: a TCP server without a port');
  const name = host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${String(address.port)}`;
}
