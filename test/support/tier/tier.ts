import process from 'node:process';

/** `small` is `npm test`, `middle` is `.ci/run`, `full` is `npm run torture`. */
const TIERS = ['small', 'middle', 'full'] as const;
export type Tier = (typeof TIERS)[number];

const MINUTE_MS = 60_000;
/** One test, or one lap of a repeated test. Long enough for a busy machine, on which a crash test starts many servers. */
const TEST_TIMEOUTS: Readonly<Record<Tier, number>> = {
  small: 3 * MINUTE_MS,
  middle: 10 * MINUTE_MS,
  full: 40 * MINUTE_MS,
};

/** Reads which tier `TEST_TIER` asks for. Throws: on an unknown name. */
function readTier(): Tier {
  const wanted = process.env['TEST_TIER'] ?? 'small';
  const tier = TIERS.find((name) => name === wanted);
  if (tier === undefined) throw new Error(`TEST_TIER is ${wanted}; expected ${TIERS.join(', ')}`);
  return tier;
}

/** Reads a number of the environment. Throws: when it is none, or out of range. */
function readNumber(name: string, fallback: number, isValid: (value: number) => boolean): number {
  const text = process.env[name] ?? '';
  const value = text === '' ? fallback : Number(text);
  if (!isValid(value)) throw new Error(`${name} is ${text}, which is out of range`);
  return value;
}

export const TIER = readTier();

/** The seed of every random choice of this run. Drawn once by the main process, inherited by its workers. */
export const SEED = readNumber(
  'TEST_SEED',
  Math.floor(Math.random() * 2 ** 31),
  (seed) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 31,
);
process.env['TEST_SEED'] = String(SEED);

/** The share of the full counts that the full tier runs, above 0 and up to 1. */
export const SHARE = readNumber('TEST_SHARE', 1, (share) => share > 0 && share <= 1);

/** The folder in which trials are counted, or null when nobody counts. */
export const TRIALS_DIR = process.env['TEST_TRIALS_DIR'] ?? null;

export const TEST_TIMEOUT_MS = TEST_TIMEOUTS[TIER];

/** Returns the environment in which a child process runs the full tier. */
export function fullTierEnvironment(run: { seed: number; share: number; trialsDir: string }): NodeJS.ProcessEnv {
  return {
    ...process.env,
    TEST_TIER: 'full',
    TEST_SEED: String(run.seed),
    TEST_SHARE: String(run.share),
    TEST_TRIALS_DIR: run.trialsDir,
  };
}
