import { z } from 'zod';
import type { Price } from '../../../../domain/money/price/price.ts';
import { LINE_KINDS } from '../../../../domain/money/price/price-line.ts';

const amount = z.int();

export const examplePrice = {
  currency: 'EUR',
  lines: [
    {
      kind: 'NIGHT' as const,
      label: 'Suite, night of 2027-05-14',
      quantity: 1,
      unitAmount: 28900,
      amount: 28900,
      date: '2027-05-14',
    },
  ],
  baseAmount: 28900,
  promoDiscount: 0,
  subtotalAfterPromo: 28900,
  taxes: [{ name: 'VAT', rateBps: 1350, inclusive: true, amount: 3437 }],
  taxAmount: 3437,
  totalPayable: 28900,
  depositDue: 28900,
  balanceDue: 0,
  walletApplied: 0,
  gatewayPayable: 28900,
};

export const priceView = z
  .object({
    currency: z.string(),
    lines: z.array(
      z.object({
        kind: z.enum(LINE_KINDS),
        label: z.string(),
        quantity: z.int(),
        unitAmount: amount,
        amount,
        date: z.string().optional(),
      }),
    ),
    baseAmount: amount,
    promoDiscount: amount,
    subtotalAfterPromo: amount,
    taxes: z.array(z.object({ name: z.string(), rateBps: z.int().nullable(), inclusive: z.boolean(), amount })),
    taxAmount: amount,
    totalPayable: amount,
    depositDue: amount,
    balanceDue: amount,
    walletApplied: amount,
    gatewayPayable: amount,
  })
  .meta({
    description: 'All amounts are integers in the minor unit of `currency`.',
    examples: [examplePrice],
  });

/** Formats a price with a fixed order of members, because jsonb keeps no order. */
export function viewPrice(price: Price): z.output<typeof priceView> {
  const { currency, lines, taxes, ...rest } = price;
  return {
    currency,
    lines: lines.map(({ kind, label, quantity, unitAmount, amount: total, date }) => {
      return { kind, label, quantity, unitAmount, amount: total, ...(date !== undefined && { date }) };
    }),
    baseAmount: rest.baseAmount,
    promoDiscount: rest.promoDiscount,
    subtotalAfterPromo: rest.subtotalAfterPromo,
    taxes: taxes.map(({ name, rateBps, inclusive, amount: tax }) => ({ name, rateBps, inclusive, amount: tax })),
    taxAmount: rest.taxAmount,
    totalPayable: rest.totalPayable,
    depositDue: rest.depositDue,
    balanceDue: rest.balanceDue,
    walletApplied: rest.walletApplied,
    gatewayPayable: rest.gatewayPayable,
  };
}
