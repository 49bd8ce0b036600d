import { reseal } from '../services/core/secrets/reseal.ts';
import { withContext } from './context/with-context.ts';

/** `npm run keys:rotate`: re-encrypts personal data with the first ENCRYPTION_KEY, so that old keys can be removed. */
await withContext(async (ctx) => {
  const count = await reseal(ctx);
  console.log(
    `${String(count)} ${count === 1 ? 'value' : 'values'} re-encrypted with key "${ctx.config.ENCRYPTION_KEY[0]?.id ?? ''}".`,
  );
  return 0;
});
