import { parseArgs } from 'node:util';
import { seedDemo } from '../../prisma/seed.ts';
import { migrate } from '../db/migrate.ts';
import { withContext } from './context/with-context.ts';

const { values } = parseArgs({ options: { yes: { type: 'boolean', default: false } } });

/** `npm run db:reset -- --yes`: empties the database, migrates it and adds the demo data. Never in production. */
await withContext(async (ctx, databaseUrl) => {
  if (ctx.config.isProduction) throw new Error('A production database is not reset.');
  if (!values.yes) {
    console.error('This removes every booking. Say so with: npm run db:reset -- --yes');
    return 1;
  }
  await ctx.db.$executeRaw`DROP SCHEMA public CASCADE`;
  await ctx.db.$executeRaw`CREATE SCHEMA public`;
  await migrate(databaseUrl);
  if (ctx.config.DEMO_DATA) await seedDemo(ctx);
  console.log('The database is as new.');
  return 0;
});
