import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startEmbeddedPostgres } from '../src/db/connection/embedded.ts';
import { compareWithLimits } from './limits.ts';
import { compareVersions } from './versions.ts';

// `npm run bench`: compares the server with the limit of the database alone, or with an older checkout, in a single run on
// the same machine. Only the ratios are comparable between machines. Each figure is the median of alternating rounds.

const HELP = `npm run bench -- [--seconds <number>] [--rounds <number>] [--against <checkout>]

  --seconds  length of one measurement, 3 when left out
  --rounds   measurements of each side per line, 3 when left out
  --against  compares with the version in this folder (a clone with its packages installed) instead of the limits`;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '3' },
    rounds: { type: 'string', default: '3' },
    against: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

async function bench(): Promise<void> {
  const effort = { durationMs: Number(values.seconds) * 1_000, rounds: Number(values.rounds) };
  const dataDir = await mkdtemp(path.join(tmpdir(), 'holdfast-bench-'));
  const postgres = await startEmbeddedPostgres({ dataDir });
  try {
    if (values.against === undefined) await compareWithLimits(postgres.url, effort);
    else await compareVersions(postgres.url, { ...effort, against: values.against });
  } finally {
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

if (values.help) console.log(HELP);
else await bench();
