import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { draftMigration } from '../db/connection/migrate.ts';
import { withContext } from './context/with-context.ts';

/** `npm run db:draft`: prints the SQL that turns the committed schema.prisma into the edited schema.prisma. */
await withContext(async (_ctx, databaseUrl) => {
  const committed = execFileSync('git', ['show', 'HEAD:prisma/schema.prisma'], { encoding: 'utf8' });
  const changed = await readFile('prisma/schema.prisma', 'utf8');
  console.log(await draftMigration(databaseUrl, committed, changed));
  return 0;
});
