import { expect, test } from 'vitest';
import { findCoined, GLOSSARY } from '../../../scripts/structure/glossary.ts';
import { findCoinedWords } from '../../../scripts/structure/find-coined-words.ts';
import { parseSource, readPieces } from '../../../scripts/structure/read-source.ts';

const hits = findCoinedWords(process.cwd());

/** Lists the words of the glossary that a piece of source uses. */
const findIn = (text: string): string[] =>
  readPieces(parseSource('src/example.ts', text)).flatMap((piece) =>
    findCoined('src/example.ts', piece).map(({ line, found }) => `${String(line)} ${found}`),
  );

test.each(GLOSSARY)('$word is called $term', ({ word }) => {
  const lines = hits
    .filter((hit) => hit.word === word)
    .map(({ file, line, found, term }) => `${file}:${String(line)} ${found} → ${term}`);
  expect(lines).toEqual([]);
});

test('names, comments, strings and words over the end of a line are found on their lines', () => {
  const source = [
    '/** Runs a job.',
    ' * Its hold is in',
    ' * the way. */',
    'const runBeats = 1;',
    '// Staff are told.',
    'const title = `The refund was given back`;',
  ].join('\n');
  expect(findIn(source)).toEqual(['2 in the way', '4 runBeats', '5 told', '6 given back']);
});

test('the field’s own uses of a word are left alone', () => {
  const source = [
    '// Two of them can not be told apart; clients come back after a restart; the stand-in stands for Stripe.',
    "await Promise.allSettled([]); const role = 'FRONT_DESK'; const settledAt = null;",
    'const page = slicePage(rows); // One page of a list.',
  ].join('\n');
  expect(findIn(source)).toEqual([]);
});
