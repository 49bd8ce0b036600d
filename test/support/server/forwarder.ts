import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

export interface Forwarder {
  readonly url: string;
  /** When somebody last said something through it; 0 for never. */
  lastHeardAt(): number;
  close(): Promise<void>;
}

/** Passes connections on to a local address: who has one of their own can be told apart from who else talks to it. */
export async function openForwarder(target: string): Promise<Forwarder> {
  const { port: targetPort } = new URL(target);
  let heardAt = 0;
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(targetPort), '127.0.0.1');
    near.on('data', () => {
      heardAt = performance.now();
    });
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      // What breaks on one side breaks on the other.
      socket.on('error', () => undefined);
      socket.once('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    near.pipe(far).pipe(near);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(port)}`,
    lastHeardAt: () => heardAt,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
