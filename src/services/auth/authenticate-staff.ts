import type { Context } from '../../context.ts';
import type { StaffRole } from '../../domain/access/permissions.ts';
import { AppError } from '../../errors.ts';
import { authenticateUser } from './authenticate-user.ts';
import type { SignedInUser } from './authenticate-user.ts';

/**
 * The user behind an access token, with their role at the property.
 *
 * Throws: unauthorized; not_found when they have none, because another's property is none of their business.
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
