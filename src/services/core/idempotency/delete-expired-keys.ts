import type { Context } from '../../../context.ts';

/** Deletes idempotency keys with their responses after the promised 24 hours. Returns: the number deleted. */
export async function deleteExpiredKeys(ctx: Context): Promise<number> {
  return ctx.db.$executeRaw`DELETE FROM idempotency_keys WHERE created_at < (SELECT app_now()) - interval '24 hours'`;
}
