import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** What an ordinary guest met. */
export interface Met {
  /** 95th percentile of the response time in milliseconds. */
  readonly p95: number;
  readonly requests: number;
  /** Requests without a response, or with 429 or 5xx. */
  readonly refused: number;
}

export interface Guest {
  stop(): Promise<Met>;
}

/** Starts an ordinary guest in a process of its own, so that the attack does not slow the measurement. */
export async function startGuest(base: string): Promise<Guest> {
  const child = spawn(process.execPath, ['scripts/pressure/guest.ts', base], { stdio: ['pipe', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return {
    stop: async () => {
      child.stdin.end();
      await once(child, 'exit');
      return JSON.parse(output) as Met;
    },
  };
}
