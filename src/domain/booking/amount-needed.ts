import { isNothingOwed } from '../booking-status.ts';
import type { BookingStatus } from '../booking-status.ts';
import type { Minor } from '../money/money.ts';
import { computeBalance } from './balance.ts';

/** Payments that a booking still needs, in minor units and never below zero. */
export interface AmountNeeded {
  /** BOOKING: the payment confirms the booking. BALANCE: the booking is confirmed, and any part of the rest counts. */
  readonly purpose: 'BOOKING' | 'BALANCE';
  /** The smallest payment that is enough now: what is missing of the deposit; zero for a balance. */
  readonly minimum: Minor;
  /** The largest payment: what is missing of the total. */
  readonly balance: Minor;
}

/** Bookings that a payment can still confirm; a late payment revives an expired hold. */
const CONFIRMABLE: readonly BookingStatus[] = ['PENDING_PAYMENT', 'PENDING_APPROVAL', 'EXPIRED'];

/**
 * Computes the payments that a booking still needs, for every way to pay and every use of the answer.
 *
 * Waived amounts count as paid. `refunding` is the amount of refunds on their way out, which counts as not paid.
 */
export function computeAmountNeeded(booking: {
  readonly status: BookingStatus;
  readonly totalPayable: Minor;
  readonly depositDue: Minor;
  readonly paidAmount: Minor;
  readonly waivedAmount: Minor;
  readonly refunding: Minor;
}): AmountNeeded {
  const { status, depositDue, refunding } = booking;
  const purpose = CONFIRMABLE.includes(status) ? 'BOOKING' : 'BALANCE';
  // A late payment can still revive an expired booking.
  if (isNothingOwed(status) && status !== 'EXPIRED') return { purpose, minimum: 0, balance: 0 };
  const balance = Math.max(0, computeBalance(booking) + refunding);
  if (purpose === 'BALANCE') return { purpose, minimum: 0, balance };
  const covered = booking.paidAmount + booking.waivedAmount - refunding;
  return { purpose, balance, minimum: Math.min(balance, Math.max(0, depositDue - covered)) };
}

/** Chooses the amount that a checkout session asks for: the deposit of a hold, the balance of a confirmed booking. */
export function chooseAmountDue({ purpose, minimum, balance }: AmountNeeded): Minor {
  return purpose === 'BOOKING' ? minimum : balance;
}
