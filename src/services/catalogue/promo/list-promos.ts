import type { Context } from '../../../context.ts';
import { PROMO_PARTS, toPromoDetails } from './promo-details.ts';
import type { PromoDetails } from './promo-details.ts';

/** Lists all promos of the property by code, inactive and expired promos included. */
export async function listPromos(ctx: Context, propertyId: string): Promise<PromoDetails[]> {
  const promos = await ctx.db.promo.findMany({
    where: { propertyId },
    include: PROMO_PARTS,
    orderBy: { code: 'asc' },
  });
  return promos.map(toPromoDetails);
}
