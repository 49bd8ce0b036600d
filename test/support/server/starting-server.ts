import { NODE_ENVIRONMENT } from './node-environment.ts';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { vi } from 'vitest';

/** Just less than a test may take: what never comes to pass fails where it was waited for. */
const PATIENCE_MS = 150_000;

export interface StartingServer {
  /** Everything it wrote so far. */
  output(): string;
  hasEnded(): boolean;
  /** Sends it a signal; `SIGINT` goes to the whole process group, as Ctrl-C does. */
  signal(signal: 'SIGINT' | 'SIGTERM'): void;
  /** Its exit code; null when a signal killed it. */
  readonly exitCode: Promise<number | null>;
}

/** A server in a process group of its own, whose start is still under way. */
export function beginServer(variables: Record<string, string>): StartingServer {
  const child = spawn(process.execPath, ['src/main.ts'], {
    env: { ...NODE_ENVIRONMENT, PORT: '0', ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  }
  const { pid } = child;
  if (pid === undefined) throw new Error('The server did not start.');
  return {
    output: () => text,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    signal: (signal) => process.kill(signal === 'SIGINT' ? -pid : pid, signal),
    exitCode: once(child, 'close').then(([code]) => code as number | null),
  };
}

/** Asks until it is so, every few milliseconds: whoever asks without a pause takes the processor from those it waits for. */
export async function until(ask: () => Promise<boolean>): Promise<void> {
  const isSo = async () => {
    if (!(await ask())) throw new Error('It is not so yet.');
  };
  await vi.waitFor(isSo, { timeout: PATIENCE_MS, interval: 5 });
}

/** The process id of the Postgres that runs in the data folder, or null. */
export async function findPostmaster(dataDir: string): Promise<number | null> {
  const text = await readFile(path.join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').catch(() => '');
  return text === '' ? null : Number(text.split('\n')[0]);
}
