import { seedDemo } from '../../prisma/seed.ts';
import { withContext } from './context/with-context.ts';

/** `npm run db:seed`: adds the demo properties and logins that are not there yet. */
await withContext(async (ctx) => {
  if (!ctx.config.DEMO_DATA) throw new Error('DEMO_DATA is false.');
  await seedDemo(ctx);
  console.log('The demo data is there.');
  return 0;
});
