import { z } from 'zod';
import { LINE_KINDS } from '../../../../domain/money/price/price-line.ts';
import { TAX_BASES } from '../../../../domain/money/price/tax-rule.ts';
import type { TaxDetails } from '../../../../services/catalogue/tax/tax-details.ts';

export const exampleTax = {
  code: 'GST',
  name: 'GST',
  basis: 'PERCENT' as const,
  isInclusive: false,
  rateBps: 0,
  amount: 0,
  bands: [
    { upTo: 100000, rateBps: 0 },
    { upTo: 750000, rateBps: 500 },
    { upTo: null, rateBps: 1800 },
  ],
  exemptKinds: [],
  maxNights: null,
  validFrom: '2025-09-22',
  validTo: null,
  position: 0,
  currency: 'INR',
};

export const taxView = z
  .object({
    code: z.string(),
    name: z.string(),
    basis: z.enum(TAX_BASES),
    isInclusive: z.boolean(),
    rateBps: z.int(),
    amount: z.int(),
    bands: z.array(z.object({ upTo: z.int().nullable(), rateBps: z.int() })),
    exemptKinds: z.array(z.enum(LINE_KINDS)),
    maxNights: z.int().nullable(),
    validFrom: z.string().nullable(),
    validTo: z.string().nullable(),
    position: z.int(),
    currency: z.string(),
  })
  .meta({ examples: [exampleTax] });

export function viewTax(tax: TaxDetails): z.output<typeof taxView> {
  return { ...tax, bands: tax.bands.map((band) => ({ ...band })), exemptKinds: [...tax.exemptKinds] };
}
