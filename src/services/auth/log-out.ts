import type { Context } from '../../context.ts';
import { transaction } from '../../db/transaction.ts';
import { hashToken } from '../secrets/token.ts';
import { revokeFamily } from './refresh-session.ts';

/** Ends the session the refresh token belongs to. One that is unknown or over is as good as logged out. */
export async function logOut(ctx: Context, input: { refreshToken: string }): Promise<void> {
  await transaction(ctx, async (tx) => {
    const token = await tx.refreshToken.findUnique({ where: { tokenHash: hashToken(input.refreshToken) } });
    if (token !== null) await revokeFamily(tx, token.familyId);
  });
}
