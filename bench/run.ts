import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { startEmbeddedPostgres } from '../src/db/embedded.ts';
import { migrate } from '../src/db/migrate.ts';
import type { Figures, Task } from './measure.ts';
import { buildStage } from './stage.ts';

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

async function startServer(databaseUrl: string): Promise<{ url: string; child: ChildProcess }> {
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

function median(all: readonly Figures[]): Figures {
  const sorted = [...all].sort((a, b) => a.perSecond - b.perSecond);
  return sorted[Math.floor(sorted.length / 2)] as Figures;
}

function row(cells: readonly (string | number)[]): string {
  return cells.map((cell, index) => (index === 0 ? String(cell).padEnd(34) : String(cell).padStart(10))).join('');
}

async function compare(
  work: 'book' | 'search',
  name: string,
  connections: number,
  urls: { sql: string; http: string },
) {
  const [limits, ours]: [Figures[], Figures[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    limits.push(await runWorker('sql-worker', { work, connections, durationMs, url: urls.sql }));
    ours.push(await runWorker('http-worker', { work, connections, durationMs, url: urls.http }));
  }
  const [limit, our] = [median(limits), median(ours)];
  const ratio = (our.perSecond / limit.perSecond).toFixed(2);
  console.log(
    row([
      name,
      connections,
      limit.perSecond.toFixed(0),
      our.perSecond.toFixed(0),
      ratio,
      our.p50.toFixed(1),
      our.p95.toFixed(1),
      our.p99.toFixed(1),
    ]),
  );
}

const dataDir = await mkdtemp(path.join(tmpdir(), 'holdfast-bench-'));
const postgres = await startEmbeddedPostgres({ dataDir });
await migrate(postgres.url);
await buildStage(postgres.url);
const { url, child } = await startServer(postgres.url);
const constant = spawn(process.execPath, ['bench/constant-server.ts'], { stdio: ['ignore', 'pipe', 'inherit'] });
const constantUrl = await firstLine(constant, /^http/);
try {
  console.log(row(['', 'conns', 'limit/s', 'ours/s', 'ratio', 'p50 ms', 'p95 ms', 'p99 ms']));
  const urls = { sql: postgres.url, http: url };
  for (const connections of [1, 16, 100])
    await compare('search', 'availability, 10 types × 3 nights', connections, urls);
  for (const connections of [1, 16, 100]) await compare('book', 'book 1 to 5 nights', connections, urls);
  const ceiling = await runWorker('http-worker', { work: 'constant', connections: 16, durationMs, url: constantUrl });
  console.log(
    row([
      'constant answer, for scale',
      16,
      '',
      ceiling.perSecond.toFixed(0),
      '',
      ceiling.p50.toFixed(1),
      ceiling.p95.toFixed(1),
      ceiling.p99.toFixed(1),
    ]),
  );
} finally {
  constant.kill();
  child.kill();
  await once(child, 'exit');
  await postgres.stop();
  await rm(dataDir, { recursive: true, force: true });
}
