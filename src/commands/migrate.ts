import { migrate } from '../db/migrate.ts';
import { withContext } from './context/with-context.ts';

/** `npm run db:migrate`: brings the database to the newest migration. */
await withContext(async (_ctx, databaseUrl) => {
  const names = await migrate(databaseUrl);
  for (const name of names) console.log(`applied ${name}`);
  if (names.length === 0) console.log('Nothing to apply.');
  return 0;
});
