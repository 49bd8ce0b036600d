import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';

// Generates the database client anew and compares it with the one that is committed.

const COMMITTED = 'src/db/generated';
const kept = mkdtempSync(path.join(tmpdir(), 'holdfast-generated-'));
cpSync(COMMITTED, kept, { recursive: true });

function read(folder: string): Map<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    files.map((file) => {
      const full = path.join(file.parentPath, file.name);
      return [path.relative(folder, full), readFileSync(full, 'utf8')];
    }),
  );
}

execFileSync('prisma', ['generate'], { stdio: 'pipe' });
const [before, after] = [read(kept), read(COMMITTED)];
rmSync(kept, { recursive: true });
const stale = [...new Set([...before.keys(), ...after.keys()])].filter((file) => before.get(file) !== after.get(file));
for (const file of stale) console.error(`stale: ${COMMITTED}/${file} (npm run db:generate, and commit it)`);
if (stale.length > 0) process.exit(1);
console.log(`${String(after.size)} generated files are up to date.`);
