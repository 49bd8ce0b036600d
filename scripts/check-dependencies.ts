import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { findFolderCycles } from './structure/folder-cycles.ts';

// Runs the dependency rules, and makes sure they saw everything: a checker that finds no modules finds no violations.

/** Where no two folders may import each other, by whatever way round. */
const LAYERED = ['src/services', 'src/domain', 'src/http', 'src/db', 'src/jobs', 'src/integrations'];
const FOLDERS = ['src', 'prisma', 'test', 'bench', 'scripts'];

const { stdout, stderr } = spawnSync('depcruise', ['--output-type', 'json', ...FOLDERS], {
  encoding: 'utf8',
  maxBuffer: 64 * 1024 * 1024,
});
if (!stdout.startsWith('{')) {
  console.error(stderr || stdout);
  process.exit(1);
}

interface Report {
  readonly modules: readonly {
    readonly source: string;
    readonly dependencies: readonly { readonly resolved: string }[];
  }[];
  readonly summary: {
    readonly violations: readonly {
      readonly from: string;
      readonly to: string;
      readonly rule: { readonly name: string };
    }[];
  };
}

const { modules, summary } = JSON.parse(stdout) as Report;
const seen = new Set(modules.map((module) => module.source));
const unseen = FOLDERS.flatMap((folder) => globSync(`${folder}/**/*.ts`)).filter(
  (file) => !seen.has(file) && !/generated\/(internal|models)/.test(file),
);
for (const { from, to, rule } of summary.violations) console.error(`${rule.name}: ${from} → ${to}`);
for (const file of unseen) console.error(`not checked: ${file}`);
const arrows = modules.flatMap(({ source, dependencies }) =>
  dependencies.map(({ resolved }) => ({ from: path.dirname(source), to: path.dirname(resolved) })),
);
const cycles = LAYERED.flatMap((layer) => findFolderCycles(arrows, layer));
for (const cycle of cycles) console.error(`folders that import each other: ${cycle.join(', ')}`);
if (summary.violations.length > 0 || unseen.length > 0 || cycles.length > 0) process.exit(1);
console.log(`${String(seen.size)} modules keep the dependency rules.`);
