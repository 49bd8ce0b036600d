import http from 'node:http';
import https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import Pusher from 'pusher';
import type { SendResult } from '../domain/feed/send-result.ts';
import type { Realtime } from '../domain/ports/realtime.ts';

/** Far below the lease of a delivery, so that a hanging request ends before another process takes the delivery over. */
const TIMEOUT_MS = 3_000;

export interface PusherOptions {
  readonly appId: string;
  readonly key: string;
  readonly secret: string;
  readonly cluster: string;
  /** `host`, `host:port` or a URL of a service other than Pusher's own, such as the sandbox. */
  readonly host: string | undefined;
  readonly timeoutMs?: number;
}

/**
 * Makes the realtime service on Pusher Channels.
 *
 * The SDK has no timeout and no TLS by default, and never retries; the delivery engine retries.
 */
export function makePusher(options: PusherOptions): Realtime {
  const timeout = options.timeoutMs ?? TIMEOUT_MS;
  const { appId, key, secret, cluster, host } = options;
  const pusher = new Pusher({
    appId,
    key,
    secret,
    timeout,
    ...(host === undefined ? clusterOptions(cluster) : hostOptions(host)),
  });
  return {
    publish: async (publications) => {
      const finished = new AbortController();
      try {
        // The SDK's timeout ends with the first byte of the response; a response can stall after the first byte.
        return await Promise.race([send(pusher, publications), timeOut(timeout, finished.signal)]);
      } finally {
        finished.abort();
      }
    },
    sign: (socketId, channel) => pusher.authorizeChannel(socketId, channel).auth,
  };
}

function clusterOptions(cluster: string) {
  return { cluster, useTLS: true, agent: new https.Agent({ keepAlive: true }) };
}

function hostOptions(host: string) {
  const { protocol, hostname, port } = new URL(host.includes('://') ? host : `https://${host}`);
  const useTLS = protocol === 'https:';
  const agent = useTLS ? new https.Agent({ keepAlive: true }) : new http.Agent({ keepAlive: true });
  return { host: hostname, useTLS, agent, ...(port !== '' && { port }) };
}

async function send(pusher: Pusher, publications: Parameters<Realtime['publish']>[0]): Promise<SendResult> {
  try {
    await pusher.triggerBatch(publications.map((publication) => ({ ...publication })));
    return { kind: 'TAKEN' };
  } catch (error) {
    const status = error instanceof Pusher.RequestError ? error.status : undefined;
    // A too large or malformed event never succeeds. A wrong key is UNKNOWN: a retry succeeds with the corrected key.
    if (status === 400 || status === 413) return { kind: 'REFUSED', reason: `status ${String(status)}` };
    return { kind: 'UNKNOWN', reason: status === undefined ? 'no response' : `status ${String(status)}` };
  }
}

async function timeOut(timeoutMs: number, signal: AbortSignal): Promise<SendResult> {
  await sleep(timeoutMs + 500, undefined, { signal, ref: false }).catch(() => undefined);
  return { kind: 'UNKNOWN', reason: 'no response in time' };
}
