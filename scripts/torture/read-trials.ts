import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { PROMISES } from '../../test/support/tier/promises.ts';
import type { PromiseName } from '../../test/support/tier/promises.ts';
import type { TrialRecord } from '../../test/support/tier/trials.ts';

/** The part that is read of vitest's JSON report. */
interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly title: string;
      readonly status: string;
      readonly duration?: number | null;
    }[];
  }[];
}

export interface PromiseResult {
  readonly promise: PromiseName;
  readonly trials: number;
  readonly failures: number;
  /** Time of the tests that prove it. A file that proves two promises counts for both. */
  readonly seconds: number;
}

/** Reads what the tests counted and how they ended, by promise. */
export async function readTrials(trialsDir: string, reportFile: string): Promise<PromiseResult[]> {
  const names = globSync('*.jsonl', { cwd: trialsDir });
  const texts = await Promise.all(names.map((name) => readFile(path.join(trialsDir, name), 'utf8')));
  const records = texts.flatMap((text) => text.trim().split('\n')).map((line) => JSON.parse(line) as TrialRecord);
  const report = JSON.parse(await readFile(reportFile, 'utf8')) as Report;
  return (Object.keys(PROMISES) as PromiseName[]).map((promise) =>
    sumUp(
      promise,
      records.filter((record) => record.promise === promise),
      report,
    ),
  );
}

function sumUp(promise: PromiseName, records: readonly TrialRecord[], report: Report): PromiseResult {
  let [failures, ms] = [0, 0];
  for (const { name, message, assertionResults } of report.testResults) {
    const ofFile = records.filter(({ file }) => path.resolve(file) === path.resolve(name));
    if (ofFile.length === 0) continue;
    const isWholeFile = ofFile.some(({ test }) => test === null);
    const tests = assertionResults.filter(({ title }) => isWholeFile || ofFile.some(({ test }) => test === title));
    failures += tests.filter(({ status }) => status === 'failed').length;
    // A file that could not be read, or a hook that failed, leaves no failed test.
    if (message !== '' && !assertionResults.some(({ status }) => status === 'failed')) failures += 1;
    ms += tests.reduce((sum, { duration }) => sum + (duration ?? 0), 0);
  }
  const trials = records.reduce((sum, record) => sum + record.trials, 0);
  return { promise, trials: Math.round(trials), failures, seconds: Math.round(ms / 1_000) };
}
