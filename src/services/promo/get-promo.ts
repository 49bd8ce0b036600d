import type { Context } from '../../context.ts';
import { AppError } from '../../errors.ts';
import { PROMO_PARTS, toPromoSheet } from './promo-sheet.ts';
import type { PromoSheet } from './promo-sheet.ts';

/** The property's promo with this code. Throws: not_found, also for another property's. */
export async function getPromo(
  ctx: Context,
  { propertyId, code }: { propertyId: string; code: string },
): Promise<PromoSheet> {
  const promo = await ctx.db.promo.findUnique({
    where: { propertyId_code: { propertyId, code } },
    include: PROMO_PARTS,
  });
  if (promo === null) throw new AppError('not_found', { detail: `There is no promo "${code}".` });
  return toPromoSheet(promo);
}
