import { z } from 'zod';
import type { Price } from '../../domain/price.ts';

// What a currency's minor unit is, by the rules of the gateway that takes the amounts. Intl's are no help here: for a
// dozen currencies that have minor units it says zero, because nobody writes them.
const WITHOUT_MINOR_UNIT = new Set('BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF'.split(' '));
const WITH_THREE_DIGITS = new Set('BHD JOD KWD OMR TND'.split(' '));

/** An amount of minor units as a decimal text, as HotelMate has it: 28900 EUR is "289.00". */
export function spellAmount(amount: number, currency: string): string {
  const digits = WITHOUT_MINOR_UNIT.has(currency) ? 0 : WITH_THREE_DIGITS.has(currency) ? 3 : 2;
  const sign = amount < 0 ? '-' : '';
  const units = String(Math.abs(amount)).padStart(digits + 1, '0');
  return digits === 0 ? `${sign}${units}` : `${sign}${units.slice(0, -digits)}.${units.slice(-digits)}`;
}

const amount = z.string().regex(/^-?\d+(\.\d+)?$/);

/** The price of a booking or a quote, in HotelMate's words. */
export const hotelmatePricing = z
  .object({
    currency: z.string(),
    lines: z.array(
      z.object({
        kind: z.enum(['NIGHT', 'EXTRA_ADULT', 'EXTRA_CHILD']),
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
