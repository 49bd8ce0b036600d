import type { Context } from '../../../context.ts';
import type { StaffRole } from '../../../domain/access/permissions.ts';
import { AppError } from '../../../errors.ts';
import { authenticateUser } from './authenticate-user.ts';
import type { SignedInUser } from './authenticate-user.ts';

/**
 * Authenticates a user by access token, and finds the user's role at the property.
 *
 * Throws: unauthorized; not_found without a role, so that the property's existence stays undisclosed.
 */
export async function authenticateStaff(
  ctx: Context,
  input: { token: string; slug: string },
): Promise<{ user: SignedInUser; propertyId: string; slug: string; role: StaffRole }> {
  const user = await authenticateUser(ctx, input.token);
  const membership = await ctx.db.membership.findFirst({
    where: { userId: user.id, property: { slug: input.slug } },
    select: { role: true, propertyId: true },
  });
  if (membership === null) throw new AppError('not_found', { detail: `There is no property "${input.slug}".` });
  return { user, slug: input.slug, ...membership };
}
