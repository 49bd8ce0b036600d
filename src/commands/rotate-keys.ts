import { reseal } from '../services/secrets/reseal.ts';
import { withContext } from './context/with-context.ts';

/** `npm run keys:rotate`: seals everything again under the first key of ENCRYPTION_KEY, so that the others can be dropped. */
await withContext(async (ctx) => {
  const count = await reseal(ctx);
  console.log(
    `${String(count)} ${count === 1 ? 'text' : 'texts'} sealed again under "${ctx.config.ENCRYPTION_KEY[0]?.id ?? ''}".`,
  );
  return 0;
});
