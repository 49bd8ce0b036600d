import type { Tx } from '../../../db/client.ts';
import type { LockedBooking } from '../../../db/locks.ts';
import { chooseAmountDue } from '../../../domain/booking/amount-needed.ts';
import type { AmountNeeded } from '../../../domain/booking/amount-needed.ts';
import { isBalancePayable } from '../../../domain/booking/balance.ts';
import { isOverdue } from '../../../domain/booking/hold.ts';
import { PAYABLE_AGAIN_STAGES, UNCAPTURED_STAGES } from '../../../domain/money/payment-stage.ts';
import { AppError } from '../../../errors.ts';
import { readAmountNeeded } from '../payment/read-amount-needed.ts';

export type PaymentPurpose = AmountNeeded['purpose'];

/** The amount that a checkout session asks for. */
export interface AmountDue {
  readonly purpose: PaymentPurpose;
  /** In minor units; zero for a request that the wallet has paid before. */
  readonly amount: number;
  /** Everything still to be paid, the amount included. */
  readonly balance: number;
}

interface PaymentRequest {
  /** The wallet's part in minor units. */
  readonly walletAmount?: number | undefined;
  /** What the request says it pays for; undefined: whatever is due. */
  readonly purpose?: PaymentPurpose | undefined;
}

/**
 * Finds the amount due for a payment request.
 *
 * A wallet pays without another question, so a request that spends it names the balance: the second of two clicks on
 * "pay the deposit" then pays nothing more. A named request that the wallet has paid before is due with an amount of
 * zero.
 * Locks: expects the booking locked.
 * Throws: hold_expired, payment_in_progress, already_paid, invalid_transition, validation_failed.
 */
export async function findAmountDue(tx: Tx, booking: LockedBooking, request: PaymentRequest): Promise<AmountDue> {
  const needed = await readAmountNeeded(tx, booking);
  const { purpose } = request;
  const isSpending = (request.walletAmount ?? 0) > 0;
  if (purpose !== undefined && isPaid(booking, needed, purpose)) {
    if (isSpending && (await isPaidByWallet(tx, booking, purpose))) return { purpose, amount: 0, balance: 0 };
    throw new AppError('already_paid');
  }
  assertPayable(booking);
  if (purpose === 'BALANCE' && needed.purpose === 'BOOKING') {
    const detail = 'The booking is not confirmed yet. Pay the deposit first.';
    throw new AppError('invalid_transition', { detail, extra: { bookingStatus: booking.status } });
  }
  const amount = chooseAmountDue(needed);
  if (amount === 0) throw new AppError('already_paid');
  if (isSpending && purpose === undefined && needed.purpose === 'BALANCE') {
    const message = 'must be BALANCE to pay the balance of a confirmed booking from the wallet';
    throw new AppError('validation_failed', { errors: [{ path: 'purpose', message }] });
  }
  return { purpose: needed.purpose, amount, balance: needed.balance };
}

/** Tells whether nothing is left to pay of the deposit, or of the balance, that a request names. */
function isPaid(booking: LockedBooking, needed: AmountNeeded, purpose: PaymentPurpose): boolean {
  if (purpose === 'BALANCE') return needed.purpose === 'BALANCE' && needed.balance === 0;
  return isBalancePayable(booking.status) || (booking.status === 'PENDING_APPROVAL' && needed.minimum === 0);
}

async function isPaidByWallet(tx: Tx, { id: bookingId }: LockedBooking, purpose: PaymentPurpose): Promise<boolean> {
  const paid = { bookingId, purpose, provider: 'WALLET', stage: 'CAPTURED' } as const;
  return (await tx.payment.findFirst({ where: paid, select: { id: true } })) !== null;
}

function assertPayable(booking: LockedBooking): void {
  const { status, paymentStage, expiresAt, now } = booking;
  if (status === 'EXPIRED' || isOverdue(booking)) throw new AppError('hold_expired');
  if (status === 'PENDING_PAYMENT') {
    if (!UNCAPTURED_STAGES.includes(paymentStage)) return;
    throw new AppError('payment_in_progress', { retryAfterSeconds: 5 });
  }
  // The authorization lapsed before a decision, so the deposit is paid again.
  if (status === 'PENDING_APPROVAL' && expiresAt !== null && PAYABLE_AGAIN_STAGES.includes(paymentStage)) {
    if (expiresAt <= now) throw new AppError('hold_expired');
    return;
  }
  if (isBalancePayable(status)) return;
  throw new AppError('invalid_transition', {
    detail: `Nothing can be paid for a booking that is ${status}.`,
    extra: { bookingStatus: status },
  });
}
