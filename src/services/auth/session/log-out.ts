import type { Context } from '../../../context.ts';
import { transaction } from '../../../db/transaction.ts';
import { lockFamily, revokeFamily } from './refresh-session.ts';

/**
 * Ends the session the refresh token belongs to. One that is unknown or over is as good as logged out.
 *
 * Locks: the family, so that a token traded at the same moment ends too.
 */
export async function logOut(ctx: Context, input: { refreshToken: string }): Promise<void> {
  await transaction(ctx, async (tx) => {
    const token = await lockFamily(tx, input.refreshToken);
    if (token !== null) await revokeFamily(tx, token.familyId);
  });
}
