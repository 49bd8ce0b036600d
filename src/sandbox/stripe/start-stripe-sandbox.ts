import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { makeApi } from './api/serve-api.ts';
import { DEFAULT_WEBHOOK_SECRET, serveControl } from './control/serve-control.ts';
import { servePage } from './control/serve-page.ts';
import { Delivery } from './delivery/delivery.ts';
import { jsonReply, readIncoming, send } from '../http/exchange.ts';
import { isOwnRequest } from '../http/is-own-request.ts';
import type { Incoming } from '../http/exchange.ts';
import { Faults } from './http/faults.ts';
import { DEFAULT_CAPTURE_WINDOW_SECONDS, applyElapsedTime, openSandbox } from './sandbox.ts';
import { openJournal } from './world/journal.ts';
import { World } from './world/world.ts';

export interface StripeSandboxOptions {
  /** Folder of `stripe-journal.jsonl`, the complete state of the sandbox. */
  readonly dataDir: string;
  /** 0, the default, takes any free port. */
  readonly port?: number;
  readonly host?: string;
  /** Webhook endpoint; the control API can set the endpoint later, and the journal keeps the endpoint. */
  readonly webhookUrl?: string;
  readonly webhookSecret?: string;
  /** Base URL of the checkout page for browsers; the sandbox's own URL by default. */
  readonly publicUrl?: string;
  readonly captureWindowSeconds?: number;
}

export interface StripeSandbox {
  readonly url: string;
  close(): Promise<void>;
}

/** Interval of the check for overdue sessions and authorizations while no request arrives. */
const TICK_MS = 1_000;

/**
 * Starts a stand-in for api.stripe.com, for the unmodified SDK.
 *
 * Restores the state from the journal in `dataDir`, even after a crash.
 */
export async function startStripeSandbox(options: StripeSandboxOptions): Promise<StripeSandbox> {
  const journal = openJournal(options.dataDir);
  const world = new World();
  const captureWindowSeconds = options.captureWindowSeconds ?? DEFAULT_CAPTURE_WINDOW_SECONDS;
  const settings = { publicUrl: options.publicUrl ?? '', captureWindowSeconds };
  const delivery = new Delivery(() => sandbox);
  const sandbox = openSandbox(world, journal, settings, (ids) => {
    delivery.add(ids);
  });
  if (options.webhookUrl !== undefined) {
    const secret = options.webhookSecret ?? world.webhook?.secret ?? DEFAULT_WEBHOOK_SECRET;
    sandbox.commit({ webhook: { url: options.webhookUrl, secret } });
  }

  const faults = new Faults();
  const stopped = new AbortController();
  const serveApi = makeApi(sandbox, faults, stopped.signal);
  const serve = async (incoming: Incoming): Promise<void> => {
    if (incoming.path.startsWith('/v1/')) {
      await serveApi(incoming);
      return;
    }
    if (!isOwnRequest(incoming.headers, settings.publicUrl)) {
      send(incoming.response, jsonReply(403, { error: { message: 'Open the sandbox by its own address.' } }));
      return;
    }
    applyElapsedTime(sandbox);
    if (incoming.path.startsWith('/_sandbox/')) {
      send(incoming.response, await serveControl({ sandbox, delivery, faults }, incoming));
    } else if (incoming.path.startsWith('/c/pay/')) send(incoming.response, servePage(sandbox, incoming));
    else send(incoming.response, jsonReply(404, { error: { message: `Unknown path: ${incoming.path}.` } }));
  };

  const server = createServer((request, response) => {
    void respond(request, response, serve);
  });
  const url = await listen(server, options.port ?? 0, options.host ?? '127.0.0.1').catch((error: unknown) => {
    journal.close();
    throw error;
  });
  settings.publicUrl = (options.publicUrl ?? url).replace(/\/+$/, '');
  delivery.resume();
  const tick = setInterval(() => {
    applyElapsedTime(sandbox);
  }, TICK_MS).unref();

  return {
    url,
    close: async () => {
      clearInterval(tick);
      stopped.abort();
      delivery.stop();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      journal.close();
    },
  };
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  serve: (incoming: Incoming) => Promise<void>,
): Promise<void> {
  try {
    await serve(await readIncoming(request, response));
  } catch (error) {
    console.error(error);
    const body = { error: { type: 'api_error', message: `The sandbox failed: ${String(error)}` } };
    if (response.headersSent || response.destroyed) response.destroy();
    else send(response, jsonReply(500, body));
  }
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
