import type { Context } from '../../context.ts';
import { TAX_PARTS, toTaxSheet } from './tax-sheet.ts';
import type { TaxSheet } from './tax-sheet.ts';

/** All tax rules of the property, in the order they are reckoned and shown. */
export async function listTaxRules(ctx: Context, propertyId: string): Promise<TaxSheet[]> {
  const rules = await ctx.db.taxRule.findMany({
    where: { propertyId },
    include: TAX_PARTS,
    orderBy: [{ position: 'asc' }, { code: 'asc' }],
  });
  return rules.map(toTaxSheet);
}
