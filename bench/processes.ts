import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import pg from 'pg';
import type { Figures, Task } from './measure.ts';
import { BENCH_WEBHOOK_SECRET } from './stage.ts';

export interface Server {
  readonly url: string;
  readonly child: ChildProcess;
}

/** Runs one measurement in a process of its own. */
export async function runWorker(script: 'sql-worker' | 'http-worker', task: Task): Promise<Figures> {
  const child = spawn(process.execPath, [`bench/${script}.ts`, JSON.stringify(task)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'exit')) as [number];
  if (code !== 0) throw new Error(`${script} failed`);
  return JSON.parse(output) as Figures;
}

/** Starts the server of a checkout, by default of this one. */
export async function startServer(
  databaseUrl: string,
  variables: Record<string, string> = {},
  checkout = process.cwd(),
): Promise<Server> {
  const child = spawn(process.execPath, ['src/main.ts'], {
    cwd: checkout,
    env: {
      PATH: process.env['PATH'],
      DATABASE_URL: databaseUrl,
      PORT: '0',
      RATE_LIMIT_SCALE: '0',
      DEMO_DATA: 'false',
      // No card payments in the benchmark, so the gateway is a closed port.
      STRIPE_SECRET_KEY: 'sk_test_none',
      STRIPE_API_BASE: 'http://127.0.0.1:1',
      STRIPE_WEBHOOK_SECRET: BENCH_WEBHOOK_SECRET,
      ...variables,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { address } = JSON.parse(await firstLine(child, /SERVER_READY/)) as { address: string };
  return { url: address, child };
}

export async function stopServers(servers: readonly Server[]): Promise<void> {
  for (const { child } of servers) {
    child.kill();
    await once(child, 'exit');
  }
}

/** Waits for the first line that matches, and reads all output after it: a full pipe would block the process. */
export async function firstLine(child: ChildProcess, pattern: RegExp): Promise<string> {
  if (child.stdout === null) throw new Error('Bug: a child without output');
  return new Promise((resolve) => {
    createInterface({ input: child.stdout as NonNullable<typeof child.stdout> }).on('line', (line) => {
      if (pattern.test(line)) resolve(line);
    });
  });
}

/** Creates an empty database beside the given one. Returns: its URL. */
export async function createDatabase(besideUrl: string, name: string): Promise<string> {
  const client = new pg.Client({ connectionString: besideUrl });
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  const url = new URL(besideUrl);
  url.pathname = name;
  return url.href;
}

export function formatRow(cells: readonly (string | number)[]): string {
  return cells.map((cell, index) => (index === 0 ? String(cell).padEnd(34) : String(cell).padStart(10))).join('');
}
