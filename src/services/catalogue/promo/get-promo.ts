import type { Context } from '../../../context.ts';
import { AppError } from '../../../errors.ts';
import { PROMO_PARTS, toPromoDetails } from './promo-details.ts';
import type { PromoDetails } from './promo-details.ts';

/** Reads the property's promo with this code. Throws: not_found, also for a promo of another property. */
export async function getPromo(
  ctx: Context,
  { propertyId, code }: { propertyId: string; code: string },
): Promise<PromoDetails> {
  const promo = await ctx.db.promo.findUnique({
    where: { propertyId_code: { propertyId, code } },
    include: PROMO_PARTS,
  });
  if (promo === null) throw new AppError('not_found', { detail: `There is no promo "${code}".` });
  return toPromoDetails(promo);
}
