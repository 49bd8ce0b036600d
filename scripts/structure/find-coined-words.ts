import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { findCoined } from './glossary.ts';
import type { Hit } from './glossary.ts';
import { parseSource, readPieces } from './read-source.ts';
import type { Piece } from './read-source.ts';

const READ = [
  'src/**/*.ts',
  'scripts/**/*.ts',
  'bench/**/*.ts',
  'prisma/*.ts',
  'docs/**/*.{md,yml}',
  '{README,CONTRIBUTING,CHANGELOG}.md',
];
/** Written by a generator, or holding the words because it lists them. */
const NOT_READ = /^src\/db\/generated\/|^scripts\/structure\/glossary\.ts$/;

/** Lists every coined word below a repository's `root`: in names, comments, strings and documents. */
export function findCoinedWords(root: string): Hit[] {
  return READ.flatMap((pattern) => globSync(pattern, { cwd: root }))
    .filter((file) => !NOT_READ.test(file))
    .toSorted()
    .flatMap((file) => {
      const text = readFileSync(path.join(root, file), 'utf8');
      const pieces: Piece[] = file.endsWith('.ts')
        ? readPieces(parseSource(file, text))
        : [{ kind: 'prose', text, line: 1 }];
      return [{ kind: 'path' as const, text: file, line: 0 }, ...pieces].flatMap((piece) => findCoined(file, piece));
    });
}
