import type { Context } from '../../../../context.ts';

/** Deletes refresh tokens that have expired, used or not. Returns: the number deleted. */
export async function deleteExpiredTokens(ctx: Context): Promise<number> {
  return ctx.db.$executeRaw`DELETE FROM refresh_tokens WHERE expires_at < (SELECT app_now())`;
}
