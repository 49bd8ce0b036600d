import type { Context } from '../../../context.ts';
import { TAX_PARTS, toTaxDetails } from './tax-details.ts';
import type { TaxDetails } from './tax-details.ts';

/** Lists all tax rules of the property, in the order of calculation and display. */
export async function listTaxRules(ctx: Context, propertyId: string): Promise<TaxDetails[]> {
  const rules = await ctx.db.taxRule.findMany({
    where: { propertyId },
    include: TAX_PARTS,
    orderBy: [{ position: 'asc' }, { code: 'asc' }],
  });
  return rules.map(toTaxDetails);
}
