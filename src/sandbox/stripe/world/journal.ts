import { closeSync, mkdirSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { Entry } from './entry.ts';

export interface Journal {
  /** What was written before this start, in order. */
  readonly past: Iterable<Entry>;
  /** Hands a line to the operating system before it returns: a killed process loses nothing, a power cut may. */
  append(entry: Entry): void;
  close(): void;
}

/** Opens the journal in `dataDir`, making it the first time; a last line that a crash left half-written is cut off. */
export function openJournal(dataDir: string): Journal {
  mkdirSync(dataDir, { recursive: true });
  const file = path.join(dataDir, 'stripe-journal.jsonl');
  const descriptor = openSync(file, 'a');
  const written = readFileSync(file);
  const whole = written.lastIndexOf('\n') + 1;
  if (whole < written.length) truncateSync(file, whole);
  return {
    past: readLines(written.subarray(0, whole)),
    append: (entry) => {
      const line = Buffer.from(`${JSON.stringify(entry)}\n`);
      // A write may take less than it was given.
      for (let done = 0; done < line.length;) done += writeSync(descriptor, line, done);
    },
    close: () => {
      closeSync(descriptor);
    },
  };
}

/** Line by line, because a long journal is more than fits into one string. */
function* readLines(bytes: Buffer): Generator<Entry> {
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf('\n', start);
    yield JSON.parse(bytes.toString('utf8', start, end)) as Entry;
    start = end + 1;
  }
}
