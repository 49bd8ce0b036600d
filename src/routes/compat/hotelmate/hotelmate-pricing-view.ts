import { z } from 'zod';
import { formatAmount } from '../../../domain/money/money.ts';
import type { Price } from '../../../domain/money/price/price.ts';
import { LINE_KINDS } from '../../../domain/money/price/price-line.ts';

const amount = z.string().regex(/^-?\d+(\.\d+)?$/);

/** The price of a booking or a quote in HotelMate's format. */
export const hotelmatePricing = z
  .object({
    currency: z.string(),
    lines: z.array(
      z.object({
        kind: z.enum(LINE_KINDS),
        label: z.string(),
        quantity: z.int(),
        unit_amount: amount,
        amount,
        date: z.string().optional(),
      }),
    ),
    subtotal: amount.describe('The sum of the lines.'),
    discount: amount,
    subtotal_after_promo: amount,
    taxes: amount.describe('The sum of all taxes, including taxes contained in the subtotal.'),
    tax_lines: z.array(z.object({ name: z.string(), rate_bps: z.int().nullable(), inclusive: z.boolean(), amount })),
    total: amount,
    deposit_due: amount.describe('The amount due before the booking is confirmed.'),
    balance_due: amount,
  })
  .describe('Amounts are decimal strings in `currency`.');

export function viewHotelmatePricing(price: Price): z.output<typeof hotelmatePricing> {
  const { currency } = price;
  const format = (minorUnits: number) => formatAmount(minorUnits, currency);
  return {
    currency,
    lines: price.lines.map(({ kind, label, quantity, unitAmount, amount: total, date }) => ({
      kind,
      label,
      quantity,
      unit_amount: format(unitAmount),
      amount: format(total),
      ...(date !== undefined && { date }),
    })),
    subtotal: format(price.baseAmount),
    discount: format(price.promoDiscount),
    subtotal_after_promo: format(price.subtotalAfterPromo),
    taxes: format(price.taxAmount),
    tax_lines: price.taxes.map(({ name, rateBps, inclusive, amount: tax }) => {
      return { name, rate_bps: rateBps, inclusive, amount: format(tax) };
    }),
    total: format(price.totalPayable),
    deposit_due: format(price.depositDue),
    balance_due: format(price.balanceDue),
  };
}
