import { seedDemo } from '../../prisma/seed.ts';
import { withContext } from './context/with-context.ts';

/** `npm run db:seed`: adds the missing demo properties and logins. */
await withContext(async (ctx) => {
  if (!ctx.config.DEMO_DATA) throw new Error('DEMO_DATA is false. Set DEMO_DATA=true to add the demo data.');
  await seedDemo(ctx);
  console.log('Demo data added.');
  return 0;
});
