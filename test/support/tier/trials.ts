import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { expect, TestRunner } from 'vitest';
import type { PromiseName } from './promises.ts';
import { SHARE, TIER, TRIALS_DIR } from './tier.ts';

export interface Counts {
  readonly small: number;
  readonly middle: number;
  readonly full: number;
  /** How many one lap may have, for rounds that slow each other down in one hotel. As many as `middle` by default. */
  readonly lap?: number;
  /** Trials in one round, when a round is several. */
  readonly each?: number;
}

/** One line of the count: so many trials by this test, or by the whole file when it was counted outside a test. */
export interface TrialRecord {
  readonly file: string;
  readonly test: string | null;
  readonly promise: PromiseName;
  readonly trials: number;
}

/**
 * Counts the rounds of a test in this run's tier, for a promise.
 *
 * Returns: `count`, the rounds of one lap; `repeats`, for the test's options, the further laps, each in a world of its own.
 */
export function trials(promise: PromiseName, counts: Counts): { count: number; repeats: number } {
  const total = countTotal(counts);
  const laps = Math.ceil(total / (counts.lap ?? counts.middle));
  const count = Math.ceil(total / laps);
  record(promise, count * laps * (counts.each ?? 1));
  return { count, repeats: laps - 1 };
}

/** Counts the cases of a property test, for fast-check: a tenth of the middle tier in the small one, tenfold in the full. */
export function cases(promise: PromiseName, middle: number): { numRuns: number } {
  const small = Math.min(middle, Math.max(100, Math.round(middle / 10)));
  const numRuns = countTotal({ small, middle, full: middle * 10 });
  record(promise, numRuns);
  return { numRuns };
}

/** A small share must not make a test so short that its own assertions fail. */
function countTotal(counts: Counts): number {
  if (TIER !== 'full') return counts[TIER];
  return Math.max(counts.small, Math.round(counts.full * SHARE));
}

function record(promise: PromiseName, total: number): void {
  if (TRIALS_DIR === null) return;
  const line: TrialRecord = {
    file: path.relative(process.cwd(), expect.getState().testPath ?? ''),
    test: TestRunner.getCurrentTest()?.name ?? null,
    promise,
    trials: total,
  };
  appendFileSync(path.join(TRIALS_DIR, `${String(process.pid)}.jsonl`), `${JSON.stringify(line)}\n`);
}
