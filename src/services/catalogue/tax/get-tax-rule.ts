import type { Tx } from '../../../db/client.ts';
import { AppError } from '../../../errors.ts';
import { TAX_PARTS, toTaxDetails } from './tax-details.ts';
import type { TaxDetails } from './tax-details.ts';

/** Reads a tax rule of the property. Throws: not_found. */
export async function getTaxRule(
  db: Pick<Tx, 'taxRule'>,
  { propertyId, code }: { propertyId: string; code: string },
): Promise<TaxDetails> {
  const where = { propertyId_code: { propertyId, code } };
  const rule = await db.taxRule.findUnique({ where, include: TAX_PARTS });
  if (rule === null) throw new AppError('not_found', { detail: `There is no tax "${code}".` });
  return toTaxDetails(rule);
}
