import type { Context } from '../../../context.ts';
import type { Prisma } from '../../../db/client.ts';
import { AppError } from '../../../errors.ts';

const IN_ORDER = [{ position: 'asc' }, { code: 'asc' }] as const satisfies object[];

/** The active room types, services and zones of a property, in display order. */
const ON_SALE = {
  roomTypes: { where: { isActive: true }, orderBy: [...IN_ORDER] },
  services: {
    where: { isActive: true },
    orderBy: [...IN_ORDER],
    include: {
      providers: {
        where: { provider: { isActive: true } },
        select: { provider: { select: { code: true, name: true } } },
        orderBy: [{ provider: { position: 'asc' } }, { provider: { code: 'asc' } }],
      },
    },
  },
  zones: { where: { isActive: true }, orderBy: [...IN_ORDER] },
} satisfies Prisma.PropertyInclude;

export type PublicProperty = Prisma.PropertyGetPayload<{ include: typeof ON_SALE }>;

/** Reads a property's public data: terms and active offers. Throws: not_found unless the property is LIVE. */
export async function getPublicProperty(ctx: Context, slug: string): Promise<PublicProperty> {
  const property = await ctx.db.property.findFirst({ where: { slug, status: 'LIVE' }, include: ON_SALE });
  if (property === null) throw new AppError('not_found', { detail: `There is no property "${slug}".` });
  return property;
}
