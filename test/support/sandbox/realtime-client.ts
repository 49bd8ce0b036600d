import pusherJs from 'pusher-js';
import type { PusherSandbox } from '../../../src/sandbox/pusher/start-pusher-sandbox.ts';
import { nextOf } from './pusher-sandbox.ts';
import type { Client } from './pusher-sandbox.ts';

// Its types promise a default export inside the module; what Node gets is the class itself.
const PusherClient = pusherJs as unknown as typeof pusherJs.default;

/** A browser that is connected, and asks the application which private channels it may hear. */
export async function connectBrowser(
  sandbox: Pick<PusherSandbox, 'url' | 'key'>,
  { appUrl, token }: { appUrl: string; token: string },
): Promise<Client> {
  const { hostname, port } = new URL(sandbox.url);
  const client = new PusherClient(sandbox.key, {
    wsHost: hostname,
    wsPort: Number(port),
    forceTLS: false,
    enabledTransports: ['ws'],
    cluster: 'sandbox',
    channelAuthorization: {
      endpoint: `${appUrl}/api/v1/realtime/auth`,
      transport: 'ajax',
      headers: { authorization: `Bearer ${token}` },
    },
  });
  await nextOf(client.connection, 'connected');
  return client;
}
