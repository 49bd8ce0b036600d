import { randomUUIDv7 } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import type { RequestContext } from '../../../../context.ts';
import { transaction } from '../../../../db/transaction.ts';
import { normalizeEmail } from '../../../../domain/person/email.ts';
import { AppError } from '../../../../errors.ts';
import { issueSession } from './issue-session.ts';
import type { Session } from './issue-session.ts';

/** Verified against when no account has the address, so that both cases take equally long. */
let decoyHash: Promise<string> | undefined;

/** Starts a session. Throws: invalid_credentials, alike for an unknown address and a wrong password. */
export async function logIn(ctx: RequestContext, input: { email: string; password: string }): Promise<Session> {
  const user = await ctx.db.user.findUnique({ where: { email: normalizeEmail(input.email) } });
  const isRight = await verify(user?.passwordHash ?? (await makeDecoy()), input.password);
  if (user === null || !user.isActive || !isRight) {
    ctx.log.info({ event: 'auth/login', outcome: 'invalid_credentials', requestId: ctx.request.id }, 'auth/login');
    throw new AppError('invalid_credentials');
  }
  const session = await transaction(ctx, (tx) => issueSession(ctx, tx, { userId: user.id, familyId: randomUUIDv7() }));
  ctx.log.info({ event: 'auth/login', actorId: user.id, outcome: 'ok', requestId: ctx.request.id }, 'auth/login');
  return session;
}

function makeDecoy(): Promise<string> {
  decoyHash ??= hash('nobody has this password');
  return decoyHash;
}
