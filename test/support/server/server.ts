import { NODE_ENVIRONMENT } from './node-environment.ts';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { EventEmitter, on, once } from 'node:events';
import { createInterface } from 'node:readline';

export interface TestServer {
  readonly url: string;
  readonly process: ChildProcess;
  /** Everything it wrote, line by line. */
  readonly lines: string[];
  /** The first line that matches, as soon as it is there. */
  waitFor(pattern: RegExp): Promise<string>;
  /** Asks it to stop and answers its exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
  /** Kills it as a crash would. */
  kill(): Promise<void>;
}

/** For servers that share a database and take no cards: nobody answers there, and no sandbox is started. */
const NO_GATEWAY = { STRIPE_SECRET_KEY: 'sk_test_none', STRIPE_API_BASE: 'http://127.0.0.1:1' };

/** A server in a process of its own, as `npm start` runs it. Resolves once it is ready. */
export async function spawnServer(variables: Record<string, string>): Promise<TestServer> {
  const child = spawn(process.execPath, ['src/main.ts'], {
    env: {
      ...NODE_ENVIRONMENT,
      PORT: '0',
      RATE_LIMIT_SCALE: '0',
      LOG_LEVEL: 'info',
      ...(variables['DATABASE_URL'] && NO_GATEWAY),
      ...variables,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const written = new EventEmitter();
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      written.emit('line', line);
    });
  }
  const waitFor = async (pattern: RegExp): Promise<string> => {
    const known = lines.find((line) => pattern.test(line));
    if (known !== undefined) return known;
    for await (const [line] of on(written, 'line') as AsyncIterable<[string]>) if (pattern.test(line)) return line;
    throw new Error('Bug: an emitter that ended');
  };
  const ready = await Promise.race([
    waitFor(/SERVER_READY/),
    exited.then(([code]) => {
      throw new Error(`The server ended with ${String(code)} before it was ready:\n${lines.join('\n')}`);
    }),
  ]);
  return {
    url: (JSON.parse(ready) as { address: string }).address,
    process: child,
    lines,
    waitFor,
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal);
      return (await exited)[0];
    },
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
