import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { startEmbeddedPostgres } from '../src/db/embedded.ts';
import { migrate } from '../src/db/migrate.ts';
import type { Figures, Task, Work } from './measure.ts';
import { BENCH_WEBHOOK_SECRET, buildStage } from './stage.ts';

// `npm run bench`: what the server does against what the database alone could do, in one run on one machine. Only the
// ratios mean something elsewhere. Each figure is the median of some rounds in which limit and ours take turns.

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '3' }, rounds: { type: 'string', default: '3' } },
});
const durationMs = Number(values.seconds) * 1_000;
const rounds = Number(values.rounds);

async function runWorker(script: 'sql-worker' | 'http-worker', task: Task): Promise<Figures> {
  const child = spawn(process.execPath, [`bench/${script}.ts`, JSON.stringify(task)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'exit')) as [number];
  if (code !== 0) throw new Error(`${script} failed`);
  return JSON.parse(output) as Figures;
}

async function startServer(
  databaseUrl: string,
  variables: Record<string, string> = {},
): Promise<{ url: string; child: ChildProcess }> {
  const child = spawn(process.execPath, ['src/main.ts'], {
    env: {
      PATH: process.env['PATH'],
      DATABASE_URL: databaseUrl,
      PORT: '0',
      RATE_LIMIT_SCALE: '0',
      DEMO_DATA: 'false',
      // Nothing is paid by card here.
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

async function firstLine(child: ChildProcess, pattern: RegExp): Promise<string> {
  if (child.stdout === null) throw new Error('Bug: a child without output');
  return new Promise((resolve) => {
    // Read to the end: a log that nobody reads would stop its writer.
    createInterface({ input: child.stdout as NonNullable<typeof child.stdout> }).on('line', (line) => {
      if (pattern.test(line)) resolve(line);
    });
  });
}

async function createDatabase(name: string): Promise<string> {
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  const url = new URL(postgres.url);
  url.pathname = name;
  await migrate(url.href);
  return url.href;
}

function median(all: readonly Figures[]): Figures {
  const sorted = [...all].sort((a, b) => a.perSecond - b.perSecond);
  return sorted[Math.floor(sorted.length / 2)] as Figures;
}

function row(cells: readonly (string | number)[]): string {
  return cells.map((cell, index) => (index === 0 ? String(cell).padEnd(34) : String(cell).padStart(10))).join('');
}

interface Line {
  readonly name: string;
  readonly connections: number;
  /** What is measured against what. */
  readonly limit: { readonly script: 'sql-worker' | 'http-worker'; readonly work: Work; readonly url: string };
  readonly ours: { readonly work: Work; readonly url: string };
}

async function compare({ name, connections, limit, ours }: Line): Promise<void> {
  const [limits, measured]: [Figures[], Figures[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    const { script, work, url } = limit;
    limits.push(await runWorker(script, { work, connections, durationMs, url }));
    measured.push(await runWorker('http-worker', { ...ours, connections, durationMs }));
  }
  const [most, our] = [median(limits), median(measured)];
  const ratio = (our.perSecond / most.perSecond).toFixed(2);
  const times = [our.p50, our.p95, our.p99].map((time) => time.toFixed(1));
  console.log(row([name, connections, most.perSecond.toFixed(0), our.perSecond.toFixed(0), ratio, ...times]));
}

const dataDir = await mkdtemp(path.join(tmpdir(), 'holdfast-bench-'));
const postgres = await startEmbeddedPostgres({ dataDir });
await migrate(postgres.url);
await buildStage(postgres.url);
// Events are only stored, in a database of their own: working off so many would slow down all else that is measured.
const inbox = await createDatabase('inbox');
const servers = [
  await startServer(postgres.url),
  await startServer(postgres.url, { KEEP_ANSWERS: 'false' }),
  await startServer(inbox, { RUN_JOBS: 'false' }),
] as const;
const [keeping, reading, storing] = servers.map(({ url }) => url) as [string, string, string];
const constant = spawn(process.execPath, ['bench/constant-server.ts'], { stdio: ['ignore', 'pipe', 'inherit'] });
const constantUrl = await firstLine(constant, /^http/);
const sql = (work: Work, url = postgres.url) => ({ script: 'sql-worker' as const, work, url });
const constantly = { script: 'http-worker' as const, work: 'constant' as const, url: constantUrl };

/** The first five against what the database could do alone, the last two against an answer that needs nothing. */
const LINES: readonly Omit<Line, 'connections'>[] = [
  { name: 'availability, 10 types × 3 nights', limit: sql('search'), ours: { work: 'search', url: reading } },
  { name: 'slots of one provider, 7 days', limit: sql('slots'), ours: { work: 'slots', url: reading } },
  { name: 'book 1 to 5 nights', limit: sql('book'), ours: { work: 'book', url: keeping } },
  { name: 'book half an hour', limit: sql('appoint'), ours: { work: 'appoint', url: keeping } },
  { name: 'store an event of Stripe', limit: sql('webhook', inbox), ours: { work: 'webhook', url: storing } },
  { name: 'availability, kept', limit: constantly, ours: { work: 'search', url: keeping } },
  { name: 'slots, kept', limit: constantly, ours: { work: 'slots', url: keeping } },
];

try {
  console.log(row(['', 'conns', 'limit/s', 'ours/s', 'ratio', 'p50 ms', 'p95 ms', 'p99 ms']));
  for (const line of LINES) for (const connections of [1, 16, 100]) await compare({ ...line, connections });
} finally {
  constant.kill();
  for (const { child } of servers) {
    child.kill();
    await once(child, 'exit');
  }
  await postgres.stop();
  await rm(dataDir, { recursive: true, force: true });
}
