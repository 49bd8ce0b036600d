import { roundHalfUp } from './money.ts';
import type { Minor } from './money.ts';

/** Recognized revenue of a booking, tax included, and the tax in it. */
export interface Earnings {
  readonly earned: Minor;
  readonly tax: Minor;
}

/**
 * Splits a change of earnings into tax and revenue, so that tax keeps the same share of all earnings.
 *
 * `change` is negative for a refund of earned money. Rounding is half up on the sum, so any number of partial changes
 * adds up without losing a cent.
 */
export function splitEarnings(
  before: Earnings,
  change: Minor,
  price: { readonly taxAmount: Minor; readonly totalPayable: Minor },
): { readonly tax: Minor; readonly revenue: Minor } {
  const after = before.earned + change;
  const share = { numerator: BigInt(after) * BigInt(price.taxAmount), denominator: BigInt(price.totalPayable) };
  const taxAfter = price.totalPayable === 0 ? 0 : Math.min(after, roundHalfUp(share));
  // After a price change the correction can exceed this change: then the whole change is tax, or revenue.
  const revenueBefore = before.earned - before.tax;
  const tax =
    change >= 0
      ? Math.max(0, Math.min(change, taxAfter - before.tax))
      : Math.min(0, Math.max(change, taxAfter - before.tax, -before.tax), change + revenueBefore);
  return { tax, revenue: change - tax };
}
