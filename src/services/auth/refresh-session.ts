import type { Context } from '../../context.ts';
import type { Tx } from '../../db/client.ts';
import { transaction } from '../../db/transaction.ts';
import { AppError } from '../../errors.ts';
import { hashToken } from '../secrets/token.ts';
import { issueSession } from './issue-session.ts';
import type { Session } from './issue-session.ts';

/**
 * Trades a refresh token for a new session. Each token works once.
 *
 * One that comes twice has been copied: its whole family is revoked, so that the thief and the owner both have to log in
 * again. Throws: unauthorized.
 */
export async function refreshSession(ctx: Context, input: { refreshToken: string }): Promise<Session> {
  const session = await transaction(ctx, (tx) => useToken(ctx, tx, hashToken(input.refreshToken)));
  if (session !== null) return session;
  throw new AppError('unauthorized', { detail: 'The refresh token is not valid, or no longer. Log in again.' });
}

/** Null instead of an exception, so that revoking the family is not rolled back. */
async function useToken(ctx: Context, tx: Tx, tokenHash: string): Promise<Session | null> {
  const { count } = await tx.refreshToken.updateMany({
    where: { tokenHash, usedAt: null, revokedAt: null, expiresAt: { gt: new Date() }, user: { isActive: true } },
    data: { usedAt: new Date() },
  });
  const token = await tx.refreshToken.findUnique({ where: { tokenHash } });
  if (token === null) return null;
  if (count === 1) return issueSession(ctx, tx, { userId: token.userId, familyId: token.familyId });
  await revokeFamily(tx, token.familyId);
  ctx.log.warn(
    { event: 'auth/refresh', actorId: token.userId, outcome: 'reused', requestId: ctx.request.id },
    'auth/refresh',
  );
  return null;
}

/** Ends every session that descends from one login. */
export async function revokeFamily(tx: Tx, familyId: string): Promise<void> {
  await tx.refreshToken.updateMany({ where: { familyId, revokedAt: null }, data: { revokedAt: new Date() } });
}
