import type { Context } from '../../../context.ts';
import type { StaffRole } from '../../../domain/access/permissions.ts';
import { joinNames } from '../../../domain/person/name.ts';
import type { SignedInUser } from './authenticate-user.ts';

export interface Me {
  readonly email: string;
  readonly name: string;
  readonly memberships: readonly { readonly slug: string; readonly role: StaffRole }[];
  readonly platformAdmin: boolean;
}

/** Reads the signed-in user with the memberships of properties. */
export async function getMe(ctx: Context, user: SignedInUser): Promise<Me> {
  const memberships = await ctx.db.membership.findMany({
    where: { userId: user.id },
    select: { role: true, property: { select: { slug: true } } },
    orderBy: { property: { slug: 'asc' } },
  });
  return {
    email: user.email,
    name: joinNames(user),
    memberships: memberships.map(({ role, property }) => ({ slug: property.slug, role })),
    platformAdmin: user.isPlatformAdmin,
  };
}
