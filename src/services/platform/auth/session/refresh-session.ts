import type { RequestContext } from '../../../../context.ts';
import type { Tx } from '../../../../db/client.ts';
import { readClock } from '../../../../db/connection/clock.ts';
import { transaction } from '../../../../db/transaction.ts';
import { AppError } from '../../../../errors.ts';
import { hashToken } from '../../../core/secrets/token.ts';
import { issueSession } from './issue-session.ts';
import type { Session } from './issue-session.ts';

interface LockedToken {
  readonly id: string;
  readonly userId: string;
  readonly familyId: string;
  readonly usedAt: Date | null;
}

/**
 * Exchanges a refresh token for a new session. Each token works once.
 *
 * A token used twice was copied: its whole family is revoked, so that thief and owner have to log in again (RFC 9700).
 * Locks: the family.
 * Throws: unauthorized.
 */
export async function refreshSession(ctx: RequestContext, input: { refreshToken: string }): Promise<Session> {
  const session = await transaction(ctx, (tx) => useToken(ctx, tx, input.refreshToken));
  if (session !== null) return session;
  throw new AppError('unauthorized', { detail: 'The refresh token is not valid, or has expired. Log in again.' });
}

/** Uses up a token. Returns: null instead of an exception, which would roll the revocation back. */
async function useToken(ctx: RequestContext, tx: Tx, refreshToken: string): Promise<Session | null> {
  const token = await lockFamily(tx, refreshToken);
  if (token === null) return null;
  const now = await readClock(tx);
  const { count } = await tx.refreshToken.updateMany({
    where: { id: token.id, usedAt: null, revokedAt: null, expiresAt: { gt: now }, user: { isActive: true } },
    data: { usedAt: now },
  });
  if (count === 1) return issueSession(ctx, tx, { userId: token.userId, familyId: token.familyId });
  await revokeFamily(tx, token.familyId);
  logRefusal(ctx, token);
  return null;
}

/** Logs a refusal: as a warning for a used token, which was copied; other refusals are ordinary. */
function logRefusal(ctx: RequestContext, token: LockedToken): void {
  const line = { event: 'auth/refresh', actorId: token.userId, requestId: ctx.request.id };
  if (token.usedAt === null) ctx.log.info({ ...line, outcome: 'unauthorized' }, line.event);
  else ctx.log.warn({ ...line, outcome: 'reused' }, line.event);
}

/**
 * Locks a token's family, which is all tokens of one login, and reads the token.
 *
 * An advisory lock, because row locks do not cover a token about to be inserted. The transaction takes no other locks,
 * so the lock order holds.
 * Returns: null without such a token.
 */
export async function lockFamily(tx: Tx, refreshToken: string): Promise<LockedToken | null> {
  const tokenHash = hashToken(refreshToken);
  const found = await tx.refreshToken.findUnique({ where: { tokenHash }, select: { familyId: true } });
  if (found === null) return null;
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('session ' || ${found.familyId}::text, 0))`;
  // A separate statement, because only a new snapshot sees commits made during the wait for the lock.
  return tx.refreshToken.findUnique({ where: { tokenHash } });
}

/** Revokes every refresh token of one login. Locks: expects the family locked. */
export async function revokeFamily(tx: Tx, familyId: string): Promise<void> {
  const revokedAt = await readClock(tx);
  await tx.refreshToken.updateMany({ where: { familyId, revokedAt: null }, data: { revokedAt } });
}
