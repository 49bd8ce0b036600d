import http from 'node:http';
import https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import Pusher from 'pusher';
import type { PublishAnswer, Realtime } from '../domain/ports/realtime.ts';

/** Far below the lease of a delivery, so that what hangs is given up before somebody else takes it over. */
const TIMEOUT_MS = 3_000;

export interface PusherOptions {
  readonly appId: string;
  readonly key: string;
  readonly secret: string;
  readonly cluster: string;
  /** `host`, `host:port` or a whole address: another service than Pusher's own, such as the sandbox. */
  readonly host: string | undefined;
  readonly timeoutMs?: number;
}

/**
 * The realtime service, by Pusher Channels.
 *
 * The SDK has neither a time limit nor TLS unless told to, and repeats nothing: whoever delivers does.
 */
export function makePusher(options: PusherOptions): Realtime {
  const timeout = options.timeoutMs ?? TIMEOUT_MS;
  const { appId, key, secret, cluster, host } = options;
  const pusher = new Pusher({
    appId,
    key,
    secret,
    timeout,
    ...(host === undefined ? ofCluster(cluster) : ofHost(host)),
  });
  return {
    publish: async (publications) => {
      const limit = new AbortController();
      try {
        // The SDK's own limit ends when the answer begins, and an answer can stop in the middle.
        return await Promise.race([send(pusher, publications), giveUp(timeout, limit.signal)]);
      } finally {
        limit.abort();
      }
    },
    sign: (socketId, channel) => pusher.authorizeChannel(socketId, channel).auth,
  };
}

function ofCluster(cluster: string) {
  return { cluster, useTLS: true, agent: new https.Agent({ keepAlive: true }) };
}

function ofHost(host: string) {
  const { protocol, hostname, port } = new URL(host.includes('://') ? host : `https://${host}`);
  const useTLS = protocol === 'https:';
  const agent = useTLS ? new https.Agent({ keepAlive: true }) : new http.Agent({ keepAlive: true });
  return { host: hostname, useTLS, agent, ...(port !== '' && { port }) };
}

async function send(pusher: Pusher, publications: Parameters<Realtime['publish']>[0]): Promise<PublishAnswer> {
  try {
    await pusher.triggerBatch(publications.map((publication) => ({ ...publication })));
    return { kind: 'SENT' };
  } catch (error) {
    const status = error instanceof Pusher.RequestError ? error.status : undefined;
    // Too large or malformed stays so. A key that is not accepted is put right by somebody, and then all of it goes out.
    if (status === 400 || status === 413) return { kind: 'REFUSED', reason: `status ${String(status)}` };
    return { kind: 'UNKNOWN', reason: status === undefined ? 'no answer' : `status ${String(status)}` };
  }
}

async function giveUp(timeoutMs: number, signal: AbortSignal): Promise<PublishAnswer> {
  await sleep(timeoutMs + 500, undefined, { signal, ref: false }).catch(() => undefined);
  return { kind: 'UNKNOWN', reason: 'no answer in time' };
}
