import type { Context } from '../../../context.ts';
import type { Tx } from '../../../db/client.ts';
import { transaction } from '../../../db/transaction.ts';
import { AppError } from '../../../errors.ts';
import { hashToken } from '../../secrets/token.ts';
import { issueSession } from './issue-session.ts';
import type { Session } from './issue-session.ts';

interface LockedToken {
  readonly id: string;
  readonly userId: string;
  readonly familyId: string;
  readonly usedAt: Date | null;
}

/**
 * Trades a refresh token for a new session. Each token works once.
 *
 * One that comes twice has been copied: its whole family is revoked, so that the thief and the owner both have to log in
 * again. Locks: the family. Throws: unauthorized.
 */
export async function refreshSession(ctx: Context, input: { refreshToken: string }): Promise<Session> {
  const session = await transaction(ctx, (tx) => useToken(ctx, tx, input.refreshToken));
  if (session !== null) return session;
  throw new AppError('unauthorized', { detail: 'The refresh token is not valid, or no longer. Log in again.' });
}

/** Null instead of an exception, so that revoking the family is not rolled back. */
async function useToken(ctx: Context, tx: Tx, refreshToken: string): Promise<Session | null> {
  const token = await lockFamily(tx, refreshToken);
  if (token === null) return null;
  const { count } = await tx.refreshToken.updateMany({
    where: { id: token.id, usedAt: null, revokedAt: null, expiresAt: { gt: new Date() }, user: { isActive: true } },
    data: { usedAt: new Date() },
  });
  if (count === 1) return issueSession(ctx, tx, { userId: token.userId, familyId: token.familyId });
  await revokeFamily(tx, token.familyId);
  logRefusal(ctx, token);
  return null;
}

/** Only a token that was used before has been copied. One that is over, revoked or of somebody deactivated is ordinary. */
function logRefusal(ctx: Context, token: LockedToken): void {
  const line = { event: 'auth/refresh', actorId: token.userId, requestId: ctx.request.id };
  if (token.usedAt === null) ctx.log.info({ ...line, outcome: 'unauthorized' }, line.event);
  else ctx.log.warn({ ...line, outcome: 'reused' }, line.event);
}

/**
 * Locks all that descends from the login a token descends from, the tokens yet to come included, and reads the token.
 *
 * Null without such a token. Not a lock of rows, because none of them covers a token that is about to be inserted.
 * Nothing else is locked in such a transaction, so the order of locks is kept.
 */
export async function lockFamily(tx: Tx, refreshToken: string): Promise<LockedToken | null> {
  const tokenHash = hashToken(refreshToken);
  const found = await tx.refreshToken.findUnique({ where: { tokenHash }, select: { familyId: true } });
  if (found === null) return null;
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('session ' || ${found.familyId}::text, 0))`;
  // A statement of its own, because only a new one sees what was committed while the lock was waited for.
  return tx.refreshToken.findUnique({ where: { tokenHash } });
}

/** Ends every session that descends from one login. The caller has locked the family. */
export async function revokeFamily(tx: Tx, familyId: string): Promise<void> {
  await tx.refreshToken.updateMany({ where: { familyId, revokedAt: null }, data: { revokedAt: new Date() } });
}
