import type { Tx } from '../../db/client.ts';
import { AppError } from '../../errors.ts';
import { TAX_PARTS, toTaxSheet } from './tax-sheet.ts';
import type { TaxSheet } from './tax-sheet.ts';

/** One tax rule of the property. Throws: not_found. */
export async function getTaxRule(
  db: Pick<Tx, 'taxRule'>,
  { propertyId, code }: { propertyId: string; code: string },
): Promise<TaxSheet> {
  const where = { propertyId_code: { propertyId, code } };
  const rule = await db.taxRule.findUnique({ where, include: TAX_PARTS });
  if (rule === null) throw new AppError('not_found', { detail: `There is no tax "${code}".` });
  return toTaxSheet(rule);
}
