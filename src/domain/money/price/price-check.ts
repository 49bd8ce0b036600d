import type { Minor } from '../money.ts';
import type { Price } from './price.ts';

/** Fields of a price that are computed from the other fields. */
export type PriceTotals = Pick<
  Price,
  'baseAmount' | 'subtotalAfterPromo' | 'taxAmount' | 'totalPayable' | 'depositDue' | 'balanceDue' | 'gatewayPayable'
>;

/**
 * Recomputes the totals of a frozen price from lines, discount and taxes.
 *
 * Inputs taken as stored: quantities, unit amounts, discount, taxes and wallet amount. Deposit and balance are each
 * computed as the total less the other.
 */
export function recomputeTotals(price: Price): PriceTotals {
  const baseAmount = sum(price.lines.map(({ quantity, unitAmount }) => quantity * unitAmount));
  const subtotalAfterPromo = baseAmount - price.promoDiscount;
  const onTop = price.taxes.filter(({ inclusive }) => !inclusive);
  const totalPayable = subtotalAfterPromo + sum(onTop.map(({ amount }) => amount));
  return {
    baseAmount,
    subtotalAfterPromo,
    taxAmount: sum(price.taxes.map(({ amount }) => amount)),
    totalPayable,
    depositDue: totalPayable - price.balanceDue,
    balanceDue: totalPayable - price.depositDue,
    gatewayPayable: price.depositDue - price.walletApplied,
  };
}

/**
 * Lists the fields of a frozen price that are inconsistent or negative.
 *
 * Empty for every price from `priceCharges`; a later change of any single amount is detected.
 */
export function listPriceFaults(price: Price): string[] {
  const totals = Object.entries(recomputeTotals(price)) as [keyof PriceTotals, Minor][];
  const amounts: [string, Minor][] = [
    ...price.lines.map(({ amount }, index): [string, Minor] => [`lines.${String(index)}.amount`, amount]),
    ...price.taxes.map(({ amount }, index): [string, Minor] => [`taxes.${String(index)}.amount`, amount]),
    ...totals.map(([name]): [string, Minor] => [name, price[name]]),
    ['promoDiscount', price.promoDiscount],
    ['walletApplied', price.walletApplied],
  ];
  return [
    ...new Set([
      ...amounts.filter(([, amount]) => !(Number.isSafeInteger(amount) && amount >= 0)).map(([name]) => name),
      ...price.lines.flatMap(({ quantity, unitAmount, amount }, index) =>
        amount === quantity * unitAmount ? [] : [`lines.${String(index)}.amount`],
      ),
      ...totals.filter(([name, amount]) => price[name] !== amount).map(([name]) => name),
    ]),
  ];
}

function sum(amounts: readonly Minor[]): Minor {
  return amounts.reduce((total, amount) => total + amount, 0);
}
