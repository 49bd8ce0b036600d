import { globSync, readFileSync } from 'node:fs';

/** Imports by which a test file takes its counts from the tier. */
const COUNTED = /support\/(tier\/trials|oracles\/any-price)\.ts'/;

/** Finds the test files whose counts depend on the tier. */
export function findRepeatedTests(): string[] {
  return globSync('test/**/*.test.ts')
    .filter((file) => COUNTED.test(readFileSync(file, 'utf8')))
    .toSorted();
}
