import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { fullTierEnvironment } from '../test/support/tier/tier.ts';
import { findRepeatedTests } from './torture/find-repeated-tests.ts';
import { readTrials } from './torture/read-trials.ts';
import { formatReport } from './torture/report.ts';

// `npm run torture`: runs the repeated tests at their full counts, and prints what was tried and what failed.

const HELP = `npm run torture -- [--seed <number>] [--only <part of a file's name>] [--share <0 to 1>]

  --seed    replays the random choices of an earlier run; a new one when left out
  --only    runs the test files whose path contains this
  --share   runs this share of the full counts, though never less than npm test does`;

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    only: { type: 'string', default: '' },
    share: { type: 'string', default: '1' },
    help: { type: 'boolean', default: false },
  },
});

/** Runs vitest on the files. Returns: its exit code. */
function runTests(files: readonly string[], env: NodeJS.ProcessEnv, reportFile: string): Promise<number | null> {
  const options = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`];
  const child = spawn('npx', ['vitest', 'run', ...options, ...files], { stdio: 'inherit', env });
  return new Promise((resolve, reject) => child.once('error', reject).once('exit', resolve));
}

async function torture(): Promise<number> {
  const [seed, share] = [Number(values.seed), Number(values.share)];
  const files = findRepeatedTests().filter((file) => file.includes(values.only));
  if (files.length === 0) throw new Error(`No repeated test has "${values.only}" in its path.`);
  console.log(
    `${String(files.length)} files at ${String(share)} of the full counts; replay with --seed ${String(seed)}`,
  );
  const trialsDir = await mkdtemp(path.join(tmpdir(), 'holdfast-torture-'));
  try {
    const reportFile = path.join(trialsDir, 'report.json');
    const exitCode = await runTests(files, fullTierEnvironment({ seed, share, trialsDir }), reportFile);
    const results = await readTrials(trialsDir, reportFile);
    console.log(formatReport(results));
    console.log(`Seed ${String(seed)}.`);
    return exitCode === 0 ? 0 : 1;
  } finally {
    await rm(trialsDir, { recursive: true });
  }
}

if (values.help) console.log(HELP);
else process.exitCode = await torture();
