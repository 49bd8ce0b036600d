import { closeSync, mkdirSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { Entry } from './entry.ts';

export interface Journal {
  /** Entries of earlier processes, in order. */
  readonly past: Iterable<Entry>;
  /** Writes an entry synchronously without fsync: a killed process loses nothing, a power failure may. */
  append(entry: Entry): void;
  close(): void;
}

/** Opens or creates the journal in `dataDir` and truncates a last line that a crash left incomplete. */
export function openJournal(dataDir: string): Journal {
  mkdirSync(dataDir, { recursive: true });
  const file = path.join(dataDir, 'stripe-journal.jsonl');
  const descriptor = openSync(file, 'a');
  const written = readFileSync(file);
  const completeBytes = written.lastIndexOf('\n') + 1;
  if (completeBytes < written.length) truncateSync(file, completeBytes);
  return {
    past: readLines(written.subarray(0, completeBytes)),
    append: (entry) => {
      const line = Buffer.from(`${JSON.stringify(entry)}\n`);
      // writeSync may write only a part of the buffer.
      for (let done = 0; done < line.length;) done += writeSync(descriptor, line, done);
    },
    close: () => {
      closeSync(descriptor);
    },
  };
}

/** Reads entries line by line: a long journal exceeds the maximum length of a string. */
function* readLines(bytes: Buffer): Generator<Entry> {
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf('\n', start);
    yield JSON.parse(bytes.toString('utf8', start, end)) as Entry;
    start = end + 1;
  }
}
