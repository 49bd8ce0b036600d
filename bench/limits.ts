import { spawn } from 'node:child_process';
import { migrate } from '../src/db/connection/migrate.ts';
import type { Figures, Work } from './measure.ts';
import { createDatabase, firstLine, formatRow, runWorker, startServer, stopServers } from './processes.ts';
import { buildStage } from './stage.ts';

interface Line {
  readonly name: string;
  readonly connections: number;
  /** The upper limit for `ours`. */
  readonly limit: { readonly script: 'sql-worker' | 'http-worker'; readonly work: Work; readonly url: string };
  readonly ours: { readonly work: Work; readonly url: string };
}

interface Effort {
  readonly durationMs: number;
  readonly rounds: number;
}

function median(all: readonly Figures[]): Figures {
  const sorted = [...all].sort((a, b) => a.perSecond - b.perSecond);
  return sorted[Math.floor(sorted.length / 2)] as Figures;
}

async function compare({ name, connections, limit, ours }: Line, { durationMs, rounds }: Effort): Promise<void> {
  const [limits, measured]: [Figures[], Figures[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    const { script, work, url } = limit;
    limits.push(await runWorker(script, { work, connections, durationMs, url }));
    measured.push(await runWorker('http-worker', { ...ours, connections, durationMs }));
  }
  const [limitFigures, ourFigures] = [median(limits), median(measured)];
  const ratio = (ourFigures.perSecond / limitFigures.perSecond).toFixed(2);
  const times = [ourFigures.p50, ourFigures.p95, ourFigures.p99].map((time) => time.toFixed(1));
  const rates = [limitFigures, ourFigures].map(({ perSecond }) => perSecond.toFixed(0));
  console.log(formatRow([name, connections, ...rates, ratio, ...times]));
}

/** Compares the server with the limit: the database alone for the first five lines, a constant response for the rest. */
export async function compareWithLimits(postgresUrl: string, effort: Effort): Promise<void> {
  await migrate(postgresUrl);
  await buildStage(postgresUrl);
  // Webhook events are only stored, in a separate database: processing the events would slow down the other measurements.
  const inbox = await createDatabase(postgresUrl, 'inbox');
  await migrate(inbox);
  const servers = [
    await startServer(postgresUrl),
    await startServer(postgresUrl, { KEEP_ANSWERS: 'false' }),
    await startServer(inbox, { RUN_JOBS: 'false' }),
  ] as const;
  const [cached, uncached, storing] = servers.map(({ url }) => url) as [string, string, string];
  const constant = spawn(process.execPath, ['bench/constant-server.ts'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const constantLimit = {
    script: 'http-worker' as const,
    work: 'constant' as const,
    url: await firstLine(constant, /^http/),
  };
  const sql = (work: Work, url = postgresUrl) => ({ script: 'sql-worker' as const, work, url });
  const lines: readonly Omit<Line, 'connections'>[] = [
    { name: 'availability, 10 types × 3 nights', limit: sql('search'), ours: { work: 'search', url: uncached } },
    { name: 'slots of one provider, 7 days', limit: sql('slots'), ours: { work: 'slots', url: uncached } },
    { name: 'book 1 to 5 nights', limit: sql('book'), ours: { work: 'book', url: cached } },
    { name: 'book half an hour', limit: sql('appoint'), ours: { work: 'appoint', url: cached } },
    { name: 'store a Stripe event', limit: sql('webhook', inbox), ours: { work: 'webhook', url: storing } },
    { name: 'availability, cached', limit: constantLimit, ours: { work: 'search', url: cached } },
    { name: 'slots, cached', limit: constantLimit, ours: { work: 'slots', url: cached } },
  ];
  try {
    console.log(formatRow(['', 'conns', 'limit/s', 'ours/s', 'ratio', 'p50 ms', 'p95 ms', 'p99 ms']));
    for (const line of lines) for (const connections of [1, 16, 100]) await compare({ ...line, connections }, effort);
  } finally {
    constant.kill();
    await stopServers(servers);
  }
}
