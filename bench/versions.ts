import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Work } from './measure.ts';
import type { buildStage } from './stage.ts';
import { createDatabase, formatRow, runWorker, startServer, stopServers } from './processes.ts';
import type { Server } from './processes.ts';

interface Effort {
  readonly durationMs: number;
  readonly rounds: number;
}

/** One version of the server in the three ways in which the lines ask it. */
interface Version {
  readonly cached: Server;
  readonly uncached: Server;
  readonly storing: Server;
}

const LINES: readonly { readonly name: string; readonly work: Work; readonly server: keyof Version }[] = [
  { name: 'availability, 10 types × 3 nights', work: 'search', server: 'uncached' },
  { name: 'slots of one provider, 7 days', work: 'slots', server: 'uncached' },
  { name: 'book 1 to 5 nights', work: 'book', server: 'cached' },
  { name: 'book half an hour', work: 'appoint', server: 'cached' },
  { name: 'store a Stripe event', work: 'webhook', server: 'storing' },
  { name: 'availability, cached', work: 'search', server: 'cached' },
  { name: 'slots, cached', work: 'slots', server: 'cached' },
];

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

/** Creates a database with the migrations of a checkout, which may be older than ours. */
async function createMigrated(postgresUrl: string, name: string, checkout: string): Promise<string> {
  const url = await createDatabase(postgresUrl, name);
  const env = { PATH: process.env['PATH'], DATABASE_URL: url };
  const child = spawn(process.execPath, ['src/commands/migrate.ts'], { cwd: checkout, env, stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number];
  if (code !== 0) throw new Error(`The migrations of ${checkout} failed`);
  return url;
}

async function startVersion(postgresUrl: string, name: string, checkout: string): Promise<Version> {
  const database = await createMigrated(postgresUrl, name, checkout);
  const stage = (await import(pathToFileURL(path.join(checkout, 'bench/stage.ts')).href)) as {
    buildStage: typeof buildStage;
  };
  await stage.buildStage(database);
  const inbox = await createMigrated(postgresUrl, `${name}_inbox`, checkout);
  return {
    cached: await startServer(database, {}, checkout),
    uncached: await startServer(database, { KEEP_ANSWERS: 'false', RUN_JOBS: 'false' }, checkout),
    storing: await startServer(inbox, { RUN_JOBS: 'false' }, checkout),
  };
}

/** Compares this version with that of another checkout, by turns: each round is a pair, and the ratio their median. */
export async function compareVersions(
  postgresUrl: string,
  { against, durationMs, rounds }: Effort & { readonly against: string },
): Promise<void> {
  const before = await startVersion(postgresUrl, 'before', path.resolve(against));
  const now = await startVersion(postgresUrl, 'now', process.cwd());
  try {
    console.log(formatRow(['', 'conns', 'before/s', 'now/s', 'ratio', 'lowest', 'highest']));
    for (const { name, work, server } of LINES) {
      for (const connections of [1, 16, 100]) {
        const ask = async (version: Version) =>
          (await runWorker('http-worker', { work, connections, durationMs, url: version[server].url })).perSecond;
        const pairs: (readonly [number, number])[] = [];
        for (let round = 0; round < rounds; round += 1) {
          const isNowFirst = round % 2 === 1;
          const first = await ask(isNowFirst ? now : before);
          const second = await ask(isNowFirst ? before : now);
          pairs.push(isNowFirst ? [second, first] : [first, second]);
        }
        const ratios = pairs.map(([old, ours]) => ours / old);
        const rates = [median(pairs.map(([old]) => old)), median(pairs.map(([, ours]) => ours))];
        const spread = [median(ratios), Math.min(...ratios), Math.max(...ratios)];
        console.log(
          formatRow([
            name,
            connections,
            ...rates.map((rate) => rate.toFixed(0)),
            ...spread.map((ratio) => ratio.toFixed(2)),
          ]),
        );
      }
    }
  } finally {
    await stopServers([...Object.values(before), ...Object.values(now)] as Server[]);
  }
}
