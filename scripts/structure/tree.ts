import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type ts from 'typescript';
import { parseSource } from './read-source.ts';

/** A source file; `name` is relative to the root of the repository. */
export interface SourceFile {
  readonly name: string;
  readonly text: string;
  readonly syntax: ts.SourceFile;
}

/** The files of the working tree, or of one commit. */
export interface Tree {
  readonly root: string;
  /** Below `src`, without what Prisma generates. */
  readonly sources: readonly SourceFile[];
}

/** Reads the sources below `root`. */
export function readTree(root: string): Tree {
  const names = globSync('src/**/*.ts', { cwd: root }).filter((name) => !name.startsWith('src/db/generated/'));
  const sources = names.toSorted().map((name) => {
    const text = readFileSync(path.join(root, name), 'utf8');
    return { name, text, syntax: parseSource(name, text) };
  });
  return { root, sources };
}

/** Runs `work` on the files of a commit, in a temporary folder that is removed afterwards. */
export function withCommit<T>(revision: string, work: (tree: Tree) => T): T {
  const root = mkdtempSync(path.join(tmpdir(), 'holdfast-structure-'));
  try {
    const input = execFileSync('git', ['archive', '--format=tar', revision], { maxBuffer: 256 * 1024 * 1024 });
    execFileSync('tar', ['--extract', '--directory', root], { input });
    return work(readTree(root));
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
