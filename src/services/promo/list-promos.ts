import type { Context } from '../../context.ts';
import { PROMO_PARTS, toPromoSheet } from './promo-sheet.ts';
import type { PromoSheet } from './promo-sheet.ts';

/** All promos of the property by their codes, also those that are switched off or no longer valid. */
export async function listPromos(ctx: Context, propertyId: string): Promise<PromoSheet[]> {
  const promos = await ctx.db.promo.findMany({
    where: { propertyId },
    include: PROMO_PARTS,
    orderBy: { code: 'asc' },
  });
  return promos.map(toPromoSheet);
}
