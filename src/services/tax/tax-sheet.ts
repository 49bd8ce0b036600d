import type { Prisma } from '../../db/client.ts';
import type { LineKind } from '../../domain/money/price/price-line.ts';
import type { TaxBand, TaxRule } from '../../domain/money/tax.ts';

/** What a tax rule is made of; amounts in minor units. Plain JSON, so that an answer can be kept. */
export interface TaxFields extends TaxRule {
  /** Rules are reckoned and shown in this order. */
  readonly position: number;
}

export interface TaxSheet extends TaxFields {
  readonly code: string;
  readonly currency: string;
}

/** What is read with a tax rule to show it. */
export const TAX_PARTS = { property: { select: { currency: true } } } as const satisfies Prisma.TaxRuleInclude;

/** The bands as they are kept. */
export function toBandRows(bands: readonly TaxBand[]): { upTo: number | null; rateBps: number }[] {
  return bands.map(({ upTo, rateBps }) => ({ upTo, rateBps }));
}

/** The rule as it is shown, in the property's currency. */
export function toTaxSheet(rule: Prisma.TaxRuleGetPayload<{ include: typeof TAX_PARTS }>): TaxSheet {
  const { code, name, basis, isInclusive, rateBps, position } = rule;
  return {
    ...{ code, name, basis, isInclusive, rateBps, amount: Number(rule.amount) },
    bands: rule.bands as unknown as TaxBand[],
    exemptKinds: rule.exemptKinds as LineKind[],
    ...{ position, currency: rule.property.currency },
  };
}
