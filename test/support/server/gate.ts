import { createServer, connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/** A way to Postgres that can be cut, shut and fall silent, as networks do. */
export interface Gate {
  readonly url: string;
  /** How many have come to it so far. */
  arrivals(): number;
  /** Cuts every connection and lets nobody in until it is opened. */
  shut(): Promise<void>;
  open(): Promise<void>;
  /** Passes nothing on any more, and says nothing of it; whoever comes waits. Until the thaw, which loses nothing. */
  freeze(): void;
  thaw(): void;
  close(): Promise<void>;
}

export async function openGate(databaseUrl: string): Promise<Gate> {
  const url = new URL(databaseUrl);
  const target = { host: url.hostname, port: Number(url.port) };
  const sockets = new Set<Socket>();
  let isFrozen = false;
  let count = 0;
  const server = createServer((near) => {
    count += 1;
    const far = connect(target);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('error', () => undefined);
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      from.on('data', (chunk) => to.write(chunk));
      if (isFrozen) from.pause();
    }
  });
  let port = 0;
  const open = () =>
    new Promise<void>((resolve) => {
      server.listen(port, '127.0.0.1', () => {
        ({ port } = server.address() as AddressInfo);
        resolve();
      });
    });
  const shut = () =>
    new Promise<void>((resolve) => {
      server.close(() => {
        resolve();
      });
      for (const socket of sockets) socket.destroy();
    });
  await open();
  url.host = `127.0.0.1:${String(port)}`;
  return {
    url: url.href,
    arrivals: () => count,
    shut,
    open,
    freeze: () => {
      isFrozen = true;
      for (const socket of sockets) socket.pause();
    },
    thaw: () => {
      isFrozen = false;
      for (const socket of sockets) socket.resume();
    },
    close: async () => {
      if (server.listening) await shut();
    },
  };
}
