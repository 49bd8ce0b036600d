import { PROMISES } from '../../test/support/tier/promises.ts';
import type { PromiseResult } from './read-trials.ts';

const HEADINGS = ['promise', 'trials', 'of wanted', 'failures', 'seconds', 'failure rate'] as const;

/** Formats the results as a table, one line a promise. */
export function formatReport(results: readonly PromiseResult[]): string {
  const rows = results.map((result) => {
    const { says, wanted } = PROMISES[result.promise];
    return [
      says,
      formatCount(result.trials),
      wanted === null ? '–' : formatCount(wanted),
      String(result.failures),
      String(result.seconds),
      boundRate(result),
    ];
  });
  const widths = HEADINGS.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const formatRow = (row: readonly string[]) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ');
  return ['', formatRow(HEADINGS), ...rows.map(formatRow), ''].join('\n');
}

const formatCount = (count: number) => count.toLocaleString('en');

/** No failure in N trials bounds the rate at 3/N, with a confidence of 95 %. */
function boundRate({ trials, failures }: PromiseResult): string {
  if (trials === 0) return 'not run';
  if (failures > 0) return 'failed';
  return `< ${((3 / trials) * 100).toPrecision(2)} %`;
}
