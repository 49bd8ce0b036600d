import process from 'node:process';
import { parseArgs } from 'node:util';
import { countCode } from './structure/count-code.ts';
import { countFolders } from './structure/count-folders.ts';
import { countWords } from './structure/count-words.ts';
import { readTree, withCommit } from './structure/tree.ts';
import type { Tree } from './structure/tree.ts';

// `npm run structure`: counts folders, repeated rules and coined words of the working tree; prints a table.
// `-- --of <revision>` counts a commit instead, `-- --against <revision>` adds one beside it; `-- --json` prints JSON.

const { values } = parseArgs({
  options: { json: { type: 'boolean' }, of: { type: 'string' }, against: { type: 'string' } },
});

const count = (tree: Tree) => ({ ...countFolders(tree), ...countCode(tree), ...countWords(tree) });
const countCommit = (revision: string) => withCommit(revision, count);

const columns = {
  ...(values.against !== undefined && { [values.against]: countCommit(values.against) }),
  [values.of ?? 'working tree']: values.of === undefined ? count(readTree(process.cwd())) : countCommit(values.of),
};
if (values.json === true) console.log(JSON.stringify(columns, null, 2));
else printTable(columns);

/** Prints a line per figure and a column per tree. */
function printTable(columns: Readonly<Record<string, Readonly<Record<string, number>>>>): void {
  const counts = Object.values(columns);
  const figures = Object.keys(counts[0] ?? {});
  const widest = Math.max(...figures.map((figure) => figure.length));
  const line = (name: string, cells: readonly string[]) =>
    [name.padEnd(widest), ...cells.map((cell) => cell.padStart(12))].join('  ');
  console.log(line('', Object.keys(columns)));
  for (const figure of figures) {
    const cells = counts.map((values) => String(values[figure] ?? ''));
    console.log(line(figure, cells));
  }
}
