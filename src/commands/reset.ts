import { parseArgs } from 'node:util';
import { seedDemo } from '../../prisma/seed.ts';
import { migrate } from '../db/connection/migrate.ts';
import { withContext } from './context/with-context.ts';

const { values } = parseArgs({ options: { yes: { type: 'boolean', default: false } } });

/** `npm run db:reset -- --yes`: empties and migrates the database, then adds the demo data. Refused in production. */
await withContext(async (ctx, databaseUrl) => {
  if (ctx.config.isProduction) throw new Error('db:reset is refused in production.');
  if (!values.yes) {
    console.error('This deletes all data, every booking included. To confirm, run: npm run db:reset -- --yes');
    return 1;
  }
  await ctx.db.$executeRaw`DROP SCHEMA public CASCADE`;
  await ctx.db.$executeRaw`CREATE SCHEMA public`;
  await migrate(databaseUrl);
  if (ctx.config.DEMO_DATA) await seedDemo(ctx);
  console.log('The database has been reset.');
  return 0;
});
