import { z } from 'zod';
import type { Prisma } from '../../../db/client.ts';
import { LINE_KINDS } from '../../../domain/money/price/price-line.ts';
import type { LineKind } from '../../../domain/money/price/price-line.ts';
import { TAX_BASES } from '../../../domain/money/price/tax-rule.ts';
import type { TaxBand } from '../../../domain/money/price/tax-rule.ts';
import { storedResponse } from '../../core/idempotency/stored-response.ts';

const taxFields = z.object({
  name: z.string(),
  basis: z.enum(TAX_BASES),
  isInclusive: z.boolean(),
  rateBps: z.number(),
  /** For flat taxes. */
  amount: z.number(),
  bands: z.array(z.object({ upTo: z.number().nullable(), rateBps: z.number() }).readonly()).readonly(),
  exemptKinds: z.array(z.enum(LINE_KINDS)).readonly(),
  maxNights: z.number().nullable(),
  /** First and last taxed date of stay, both included. */
  validFrom: z.string().nullable(),
  validTo: z.string().nullable(),
  /** Rules are applied and shown in this order. */
  position: z.number(),
});
/** The members of a tax rule that staff set; amounts in minor units. */
export type TaxFields = Readonly<z.output<typeof taxFields>>;

const taxDetails = taxFields.extend({ code: z.string(), currency: z.string() }).readonly();
export type TaxDetails = z.output<typeof taxDetails>;

export const storedTax = storedResponse('tax rule', taxDetails);

/** The relations that the details of a tax rule need. */
export const TAX_PARTS = { property: { select: { currency: true } } } as const satisfies Prisma.TaxRuleInclude;

/** Converts bands for the JSON column. */
export function toBandRows(bands: readonly TaxBand[]): { upTo: number | null; rateBps: number }[] {
  return bands.map(({ upTo, rateBps }) => ({ upTo, rateBps }));
}

/** Converts the dates among the fields for their columns. An absent date stays absent. */
export function toDateColumns({ validFrom, validTo }: Partial<Pick<TaxFields, 'validFrom' | 'validTo'>>): {
  validFrom?: Date | null;
  validTo?: Date | null;
} {
  return {
    ...(validFrom !== undefined && { validFrom: validFrom === null ? null : new Date(validFrom) }),
    ...(validTo !== undefined && { validTo: validTo === null ? null : new Date(validTo) }),
  };
}

/** Converts a tax rule's row to details, in the property's currency. */
export function toTaxDetails(rule: Prisma.TaxRuleGetPayload<{ include: typeof TAX_PARTS }>): TaxDetails {
  const { code, name, basis, isInclusive, rateBps, position, maxNights } = rule;
  return {
    code,
    name,
    basis,
    isInclusive,
    rateBps,
    amount: Number(rule.amount),
    bands: rule.bands as unknown as TaxBand[],
    exemptKinds: rule.exemptKinds as LineKind[],
    maxNights,
    validFrom: toPlainDate(rule.validFrom),
    validTo: toPlainDate(rule.validTo),
    position,
    currency: rule.property.currency,
  };
}

function toPlainDate(date: Date | null): string | null {
  return date === null ? null : date.toISOString().slice(0, 'YYYY-MM-DD'.length);
}
