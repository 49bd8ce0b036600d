import { globSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { findFolderCycles } from './folder-cycles.ts';
import type { FolderArrow } from './folder-cycles.ts';
import { listNodes } from './read-source.ts';
import type { SourceFile, Tree } from './tree.ts';

const SERVICES = 'src/services';
const MOST = 9;

/** Counts rooms, the arrows and cycles between folders of services, and folders that are too full. */
export function countFolders({ root, sources }: Tree): Record<string, number> {
  const arrows = sources.flatMap(listArrows);
  const rooms = new Set(sources.flatMap(({ name }) => roomOf(path.posix.dirname(name)) ?? []));
  const between = arrows.flatMap(({ from, to }) => {
    const [above, below] = [roomOf(from), roomOf(to)];
    return above === null || below === null || above === below ? [] : [{ from: above, to: below }];
  });
  const cyclesOfRooms = findFolderCycles(between, SERVICES);
  const cyclesOfFolders = findFolderCycles(arrows, SERVICES);
  const folders = listFolders(root);
  return {
    'rooms (folders directly in src/services)': rooms.size,
    'folders in src/services, nested ones included': new Set(
      sources.map(({ name }) => path.posix.dirname(name)).filter((folder) => folder.startsWith(`${SERVICES}/`)),
    ).size,
    'arrows between rooms': new Set(between.map(({ from, to }) => `${from} ${to}`)).size,
    'cycles of rooms': cyclesOfRooms.length,
    'rooms in a cycle': cyclesOfRooms.flat().length,
    'cycles of folders in src/services, nested ones included': cyclesOfFolders.length,
    'folders in such a cycle': cyclesOfFolders.flat().length,
    'folders in src and test with more than nine files': folders.filter(({ files }) => files > MOST).length,
    'folders in src and test with more than nine entries': folders.filter(({ entries }) => entries > MOST).length,
  };
}

/** Lists what a file imports by a relative path; imports of types, re-exports and `import()` count. */
function listArrows({ name, syntax }: SourceFile): FolderArrow[] {
  const from = path.posix.dirname(name);
  return [...listNodes(syntax)].flatMap((node) => {
    const target = importedBy(node);
    return target?.startsWith('.') === true ? [{ from, to: path.posix.dirname(path.posix.join(from, target)) }] : [];
  });
}

function importedBy(node: ts.Node): string | null {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return textOf(node.moduleSpecifier);
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return textOf(node.argument.literal);
  const isDynamic = ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword;
  return isDynamic ? textOf(node.arguments[0]) : null;
}

function textOf(node: ts.Node | undefined): string | null {
  return node !== undefined && ts.isStringLiteralLike(node) ? node.text : null;
}

/** Names the direct child of services that holds a folder; null outside of services. */
function roomOf(folder: string): string | null {
  return /^src\/services\/[^/]+/.exec(folder)?.[0] ?? null;
}

function listFolders(root: string): { files: number; entries: number }[] {
  const counts = new Map<string, { files: number; entries: number }>();
  for (const entry of globSync('{src,test}/**', { cwd: root, withFileTypes: true })) {
    if (entry.parentPath.includes('/src/db/generated') || entry.parentPath === root) continue;
    const count = counts.get(entry.parentPath) ?? { files: 0, entries: 0 };
    counts.set(entry.parentPath, { files: count.files + (entry.isFile() ? 1 : 0), entries: count.entries + 1 });
  }
  return [...counts.values()];
}
