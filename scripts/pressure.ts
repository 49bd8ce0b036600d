import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startEmbeddedPostgres } from '../src/db/connection/embedded.ts';
import { ATTACKS } from './pressure/list-attacks.ts';
import { measureVersion } from './pressure/measure-version.ts';

// `npm run pressure`: attacks a server of its own while an ordinary guest reads and books, one attack after the other.
// Prints what the guest met and what the attacker got; with --against the same of an older checkout, in the same run.

const HELP = `npm run pressure -- [--against <checkout>] [--only <text>]

  --against  attacks the version in this folder (a clone with its packages installed) too, before this one
  --only     only the attacks whose name contains this text`;

const { values } = parseArgs({
  options: { against: { type: 'string' }, only: { type: 'string' }, help: { type: 'boolean', default: false } },
});

async function pressure(): Promise<void> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'holdfast-pressure-'));
  const postgres = await startEmbeddedPostgres({ dataDir });
  const attacks = ATTACKS.filter(({ name }) => name.includes(values.only ?? ''));
  try {
    if (values.against !== undefined) {
      await measureVersion({ postgresUrl: postgres.url, name: 'before', checkout: values.against, attacks });
    }
    await measureVersion({ postgresUrl: postgres.url, name: 'after', checkout: process.cwd(), attacks });
  } finally {
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

if (values.help) console.log(HELP);
else await pressure();
