import { z } from 'zod';
import { spellAmount } from '../../../domain/money/money.ts';
import type { Price } from '../../../domain/money/price/price.ts';
import { LINE_KINDS } from '../../../domain/money/price/price-line.ts';

const amount = z.string().regex(/^-?\d+(\.\d+)?$/);

/** The price of a booking or a quote, in HotelMate's words. */
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
    taxes: amount.describe('The sum of all taxes, those that are in the subtotal too.'),
    tax_lines: z.array(z.object({ name: z.string(), rate_bps: z.int().nullable(), inclusive: z.boolean(), amount })),
    total: amount,
    deposit_due: amount.describe('What has to be paid before the booking stands.'),
    balance_due: amount,
  })
  .describe('Amounts are decimal texts in `currency`.');

export function viewHotelmatePricing(price: Price): z.output<typeof hotelmatePricing> {
  const { currency } = price;
  const spell = (minorUnits: number) => spellAmount(minorUnits, currency);
  return {
    currency,
    lines: price.lines.map(({ kind, label, quantity, unitAmount, amount: total, date }) => ({
      ...{ kind, label, quantity, unit_amount: spell(unitAmount), amount: spell(total) },
      ...(date !== undefined && { date }),
    })),
    subtotal: spell(price.baseAmount),
    discount: spell(price.promoDiscount),
    subtotal_after_promo: spell(price.subtotalAfterPromo),
    taxes: spell(price.taxAmount),
    tax_lines: price.taxes.map(({ name, rateBps, inclusive, amount: tax }) => {
      return { name, rate_bps: rateBps, inclusive, amount: spell(tax) };
    }),
    total: spell(price.totalPayable),
    deposit_due: spell(price.depositDue),
    balance_due: spell(price.balanceDue),
  };
}
