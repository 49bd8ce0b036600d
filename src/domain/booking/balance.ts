import type { BookingStatus } from '../booking-status.ts';
import type { Minor } from '../money/money.ts';

/** Amounts that a balance is computed from, in minor units. */
interface Amounts {
  readonly totalPayable: Minor;
  readonly paidAmount: Minor;
  readonly waivedAmount: Minor;
}

/** Computes the total less what was paid and waived; below zero when overpaid. */
export function computeBalance({ totalPayable, paidAmount, waivedAmount }: Amounts): Minor {
  return totalPayable - paidAmount - waivedAmount;
}

/** Tells whether the amount due before confirmation is paid or waived. */
export function isDepositCovered({
  depositDue,
  paidAmount,
  waivedAmount,
}: Omit<Amounts, 'totalPayable'> & { readonly depositDue: Minor }): boolean {
  return paidAmount + waivedAmount >= depositDue;
}

const BALANCE_PAYABLE: readonly BookingStatus[] = ['CONFIRMED', 'IN_HOUSE'];

/** Tells whether a guest can pay the balance by card in this status. */
export function isBalancePayable(status: BookingStatus): boolean {
  return BALANCE_PAYABLE.includes(status);
}
