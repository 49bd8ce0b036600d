import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';

export interface TestRedis {
  readonly url: string;
  /** Stops answering, with its connections open, until `resume`. */
  pause(): void;
  resume(): void;
  /** Ends as a crash would. It keeps nothing. */
  kill(): Promise<void>;
  /** Comes back, empty, where it was. */
  restart(): Promise<void>;
}

/** Whether there is a Redis to be started on this machine. */
export const hasRedis = spawnSync('redis-server', ['--version']).error === undefined;

/** A real Redis on a free port, without a file. Resolves once it answers. */
export async function startRedis(): Promise<TestRedis> {
  const port = await findFreePort();
  let child = await launch(port);
  return {
    url: `redis://127.0.0.1:${String(port)}`,
    pause: () => child.kill('SIGSTOP'),
    resume: () => child.kill('SIGCONT'),
    kill: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
    restart: async () => {
      child = await launch(port);
    },
  };
}

async function launch(port: number): Promise<ChildProcess> {
  const settings = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const child = spawn('redis-server', settings, { stdio: ['ignore', 'pipe', 'ignore'] });
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.includes('Ready to accept connections')) return child;
  }
  throw new Error(`No Redis started on port ${String(port)}.`);
}

/** A port where nobody listens. */
export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
