import { isNothingOwed, isUnconfirmed } from '../booking-status.ts';
import type { Minor } from '../money/money.ts';
import { isOpenState } from '../money/open-state.ts';
import { UNCAPTURED_STAGES } from '../money/payment-stage.ts';
import { computeAmountNeeded } from './amount-needed.ts';
import type { AmountNeeded } from './amount-needed.ts';
import { isBalancePayable } from './balance.ts';
import { countSecondsLeft } from './booking.ts';
import type { BookingSnapshot } from './booking.ts';

/** A payment that the guest can make now by card. */
export interface PayablePart {
  readonly purpose: 'DEPOSIT' | 'BALANCE';
  readonly amount: Minor;
}

/** The money of a booking as its guest sees it: every cent in one place. Minor units. */
export interface GuestAccount {
  /** Received and not refunded. */
  readonly paid: Minor;
  /** Authorized on a card, or being captured. Not part of `paid`. */
  readonly held: Minor;
  /** The wallet's part of the payment that `held` belongs to. Not part of `paid`. */
  readonly heldInWallet: Minor;
  readonly isBeingCaptured: boolean;
  readonly refunded: Minor;
  /** On its way back to the guest, still part of `paid`. */
  readonly refunding: Minor;
  readonly waived: Minor;
  /** Kept after a cancellation or a no-show. */
  readonly fee: Minor;
  readonly payNow: PayablePart | null;
  /** Due beyond `held`, `heldInWallet` and `payNow`. */
  readonly dueLater: Minor;
}

/** Summarizes a booking's money for its guest. What is held or payable now counts in no other amount. */
export function summarizeAccount(booking: BookingSnapshot): GuestAccount {
  const { payments, refunds, waivedAmount, feeAmount, paidAmount, status } = booking;
  const uncaptured = payments.filter(({ stage }) => UNCAPTURED_STAGES.includes(stage));
  const held = sum(uncaptured);
  const heldInWallet = uncaptured.reduce((total, { walletHeld }) => total + walletHeld, 0);
  const refunding = sum(refunds.filter(({ state }) => isOpenState(state)));
  const { totalPayable, depositDue } = booking.price;
  const needed = computeAmountNeeded({ ...booking, totalPayable, depositDue, refunding });
  const payNow = uncaptured.length > 0 ? null : findPayable(booking, needed);
  const owed = isNothingOwed(status) ? 0 : needed.balance;
  return {
    paid: paidAmount,
    held,
    heldInWallet,
    isBeingCaptured: uncaptured.some(({ stage }) => stage === 'CAPTURING'),
    refunded: sum(refunds.filter(({ state }) => state === 'DONE')),
    refunding,
    waived: waivedAmount,
    fee: feeAmount,
    payNow,
    dueLater: Math.max(0, owed - held - heldInWallet - (payNow?.amount ?? 0)),
  };
}

/** Finds what a card can pay now: the deposit of a hold or of a request paid again, or the balance. */
function findPayable(booking: BookingSnapshot, { minimum, balance }: AmountNeeded): PayablePart | null {
  if (isUnconfirmed(booking.status)) {
    const isOpen = (countSecondsLeft(booking) ?? 0) > 0;
    return isOpen && minimum > 0 ? { purpose: 'DEPOSIT', amount: minimum } : null;
  }
  return isBalancePayable(booking.status) && balance > 0 ? { purpose: 'BALANCE', amount: balance } : null;
}

function sum(parts: readonly { readonly amount: Minor }[]): Minor {
  return parts.reduce((total, { amount }) => total + amount, 0);
}
