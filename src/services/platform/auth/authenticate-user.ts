import type { Context } from '../../../context.ts';
import { AppError } from '../../../errors.ts';
import { verifyAccessToken } from './session/access-token.ts';

export interface SignedInUser {
  readonly id: string;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly isPlatformAdmin: boolean;
}

const userSelect = {
  id: true,
  email: true,
  firstName: true,
  lastName: true,
  isPlatformAdmin: true,
  isActive: true,
} as const;

/** Authenticates a user by access token. Throws: unauthorized, also for a user deactivated since. */
export async function authenticateUser(ctx: Context, token: string): Promise<SignedInUser> {
  const id = await verifyAccessToken(ctx, token);
  const user = await ctx.db.user.findUnique({ where: { id }, select: userSelect });
  if (user?.isActive !== true) throw new AppError('unauthorized');
  const { email, firstName, lastName, isPlatformAdmin } = user;
  return { id, email, firstName, lastName, isPlatformAdmin };
}
