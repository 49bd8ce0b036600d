import { migrate } from '../db/connection/migrate.ts';
import { withContext } from './context/with-context.ts';

/** `npm run db:migrate`: applies all pending migrations. */
await withContext(async (_ctx, databaseUrl) => {
  const names = await migrate(databaseUrl);
  for (const name of names) console.log(`Applied ${name}`);
  if (names.length === 0) console.log('No pending migrations.');
  return 0;
});
