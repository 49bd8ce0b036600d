import { defineConfig } from 'vitest/config';
import { keepFilesInMemory } from './test/setup/keep-files-in-memory.ts';
import { LongestFirst } from './test/setup/longest-first.ts';
import { TEST_TIMEOUT_MS } from './test/support/tier/tier.ts';

// Before anything that makes a folder: the workers take over the environment of this process.
keepFilesInMemory();

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/setup/global-setup.ts',
    setupFiles: ['test/setup/no-network.ts', 'test/setup/seed.ts'],
    // Without it, a clean clone runs the small files first, and ends with one worker at the longest.
    sequence: { sequencer: LongestFirst },
    // Real databases and processes: two files at once is what two cores carry.
    maxWorkers: 2,
    // Every file makes its own database and application; what they share are modules without state, loaded once.
    isolate: false,
    testTimeout: TEST_TIMEOUT_MS,
    hookTimeout: 60_000,
  },
});
