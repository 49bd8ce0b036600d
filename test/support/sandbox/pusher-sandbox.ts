import Pusher from 'pusher';
import pusherJs from 'pusher-js';
import { startPusherSandbox } from '../../../src/sandbox/pusher/start-pusher-sandbox.ts';
import type { PusherSandbox } from '../../../src/sandbox/pusher/start-pusher-sandbox.ts';

export type Client = InstanceType<typeof pusherJs.default>;

// Its types promise a default export inside the module; what Node gets is the class itself.
const PusherClient = pusherJs as unknown as typeof pusherJs.default;

export interface PusherTestSandbox extends PusherSandbox, AsyncDisposable {
  /** The SDK for servers, pointed at the sandbox. */
  readonly server: Pusher;
  /** Another one, that differs in some options. */
  serverWith(options: Partial<Pusher.BaseOptions>): Pusher;
  /** The SDK for browsers, connected; private channels are authorized by `sign`, or else by the server's SDK. */
  connect(sign?: (socketId: string, channel: string) => string): Promise<Client>;
  /** One that has not connected yet. */
  client(options?: {
    key?: string;
    activityTimeout?: number;
    sign?: (socketId: string, channel: string) => string;
  }): Client;
  /** Calls the control API; throws with its message when it refuses. */
  control(call: string, body?: unknown): Promise<any>;
}

/** A Pusher sandbox in this process; it and every client go with `await using`. */
export async function openPusherSandbox(): Promise<PusherTestSandbox> {
  const sandbox = await startPusherSandbox();
  const clients: Client[] = [];
  const serverWith: PusherTestSandbox['serverWith'] = (options) => connectPusher(sandbox, options);
  const server = serverWith({});
  const { hostname, port } = new URL(sandbox.url);
  const client: PusherTestSandbox['client'] = ({ key = sandbox.key, sign, ...options } = {}) => {
    const made = new PusherClient(key, {
      wsHost: hostname,
      wsPort: Number(port),
      forceTLS: false,
      enabledTransports: ['ws'],
      cluster: 'sandbox',
      channelAuthorization: {
        endpoint: '',
        transport: 'ajax',
        customHandler: ({ socketId, channelName }, answer) => {
          const member = channelName.startsWith('presence-') ? { user_id: 'somebody' } : undefined;
          const signed = server.authorizeChannel(socketId, channelName, member);
          answer(null, sign === undefined ? signed : { auth: sign(socketId, channelName) });
        },
      },
      ...options,
    });
    clients.push(made);
    return made;
  };
  return {
    ...sandbox,
    server,
    serverWith,
    client,
    connect: async (sign) => {
      const made = client(sign && { sign });
      await nextOf(made.connection, 'connected');
      return made;
    },
    control: async (call, body) => {
      const [method = 'GET', name = ''] = call.split(' ');
      const given = body === undefined ? {} : { body: JSON.stringify(body) };
      const response = await fetch(`${sandbox.url}/_sandbox/${name}`, { method, ...given });
      const answer = (await response.json()) as { error?: { message: string } };
      if (!response.ok) throw new Error(`${String(response.status)} ${answer.error?.message ?? ''}`);
      return answer;
    },
    [Symbol.asyncDispose]: async () => {
      for (const one of clients) one.disconnect();
      await sandbox.close();
    },
  };
}

/** The SDK for servers, for a sandbox whoever runs it. */
export function connectPusher(
  sandbox: Pick<PusherSandbox, 'url' | 'appId' | 'key' | 'secret'>,
  options: Partial<Pusher.BaseOptions> = {},
): Pusher {
  const { hostname, port } = new URL(sandbox.url);
  const { appId, key, secret } = sandbox;
  return new Pusher({ appId, key, secret, host: hostname, port, useTLS: false, timeout: 5_000, ...options });
}

interface Emitter {
  bind(event: string, callback: (value: any) => void): unknown;
  unbind(event: string, callback: (value: any) => void): unknown;
}

/** The next event of a name, on a channel or a connection. */
export function nextOf(emitter: Emitter, event: string): Promise<any> {
  return new Promise((resolve) => {
    const take = (value: unknown) => {
      emitter.unbind(event, take);
      resolve(value);
    };
    emitter.bind(event, take);
  });
}

/** Joins a channel; resolves once it is joined, with what is heard on it from then on. */
export async function listen(client: Client, channel: string): Promise<{ heard: { name: string; data: any }[] }> {
  const joined = client.subscribe(channel);
  const heard: { name: string; data: any }[] = [];
  joined.bind_global((name: string, data: unknown) => {
    if (!name.startsWith('pusher:')) heard.push({ name, data });
  });
  await nextOf(joined, 'pusher:subscription_succeeded');
  return { heard };
}

/** The error a call of the server's SDK is refused with. */
export async function requestError(promise: Promise<unknown>): Promise<Pusher.RequestError> {
  try {
    await promise;
  } catch (error) {
    return error as Pusher.RequestError;
  }
  throw new Error('It was not refused');
}
