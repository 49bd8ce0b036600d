import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';

/** What a property tells everybody: what it sells and on what terms. Throws: not_found unless it is LIVE. */
export async function getPublicProperty(ctx: Context, slug: string) {
  const property = await ctx.db.property.findFirst({
    where: { slug, status: 'LIVE' },
    include: { roomTypes: { where: { isActive: true }, orderBy: [{ position: 'asc' }, { code: 'asc' }] } },
  });
  if (property === null) throw new AppError('not_found', { detail: `There is no property "${slug}".` });
  return property;
}
