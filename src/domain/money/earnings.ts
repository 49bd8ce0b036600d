import { roundHalfUp } from './money.ts';
import type { Minor } from './money.ts';

/** What of a booking's money is earned already, and which part of that is tax. */
export interface Earnings {
  readonly earned: Minor;
  readonly tax: Minor;
}

/**
 * Splits a change of what is earned into tax and revenue, so that the tax is always its share of all that is earned.
 *
 * `change` is below zero when money that was earned goes back. Rounded half up on the sum, so no cent is lost however
 * often a part is earned or goes back.
 */
export function splitEarnings(
  before: Earnings,
  change: Minor,
  price: { readonly taxAmount: Minor; readonly totalPayable: Minor },
): { readonly tax: Minor; readonly revenue: Minor } {
  const after = before.earned + change;
  const share = { numerator: BigInt(after) * BigInt(price.taxAmount), denominator: BigInt(price.totalPayable) };
  const taxAfter = price.totalPayable === 0 ? 0 : Math.min(after, roundHalfUp(share));
  // A price that changed in between may ask for more than this change moves: then the change is all of one kind.
  const revenueBefore = before.earned - before.tax;
  const tax =
    change >= 0
      ? Math.max(0, Math.min(change, taxAfter - before.tax))
      : Math.min(0, Math.max(change, taxAfter - before.tax, -before.tax), change + revenueBefore);
  return { tax, revenue: change - tax };
}
