import type { Context } from '../../../../context.ts';
import { transaction } from '../../../../db/transaction.ts';
import { lockFamily, revokeFamily } from './refresh-session.ts';

/**
 * Ends the session of a refresh token.
 *
 * Locks: the family, so that a token exchanged at the same moment is revoked too.
 * Idempotent: an unknown or expired token changes nothing.
 */
export async function logOut(ctx: Context, input: { refreshToken: string }): Promise<void> {
  await transaction(ctx, async (tx) => {
    const token = await lockFamily(tx, input.refreshToken);
    if (token !== null) await revokeFamily(tx, token.familyId);
  });
}
