import type { Context } from '../../context.ts';

/** Forgets answers older than the 24 hours they are promised for. Answers how many. */
export async function forgetOldKeys(ctx: Context): Promise<number> {
  return ctx.db.$executeRaw`DELETE FROM idempotency_keys WHERE created_at < (SELECT app_now()) - interval '24 hours'`;
}
