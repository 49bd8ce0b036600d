import type { Minor } from '../money.ts';
import type { Price } from './price.ts';

/** The figures of a price that follow from its others. */
export type PriceTotals = Pick<
  Price,
  'baseAmount' | 'subtotalAfterPromo' | 'taxAmount' | 'totalPayable' | 'depositDue' | 'balanceDue' | 'gatewayPayable'
>;

/**
 * What the totals of a frozen price must be, added up anew from its lines, its discount and its taxes.
 *
 * Quantities and unit amounts, the discount, the taxes and what the wallet pays are taken as they are; what is due now and
 * what later are each the rest of the other.
 */
export function addUpPrice(price: Price): PriceTotals {
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
 * The figures of a frozen price that can't be: those that do not follow from the others, and those below zero.
 *
 * Empty for every price as it was made; whichever amount is changed afterwards, something is found.
 */
export function listPriceFaults(price: Price): string[] {
  const totals = Object.entries(addUpPrice(price)) as [keyof PriceTotals, Minor][];
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
