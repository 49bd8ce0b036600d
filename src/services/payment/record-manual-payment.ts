import type { Context } from '../../context.ts';
import type { Tx } from '../../db/client.ts';
import type { LockedBooking } from '../../db/locks.ts';
import type { BookingSnapshot, PaymentMethod } from '../../domain/booking.ts';
import type { BookingStatus } from '../../domain/booking-status.ts';
import { AppError } from '../../errors.ts';
import { actOnBooking } from '../booking/act-on-booking.ts';
import type { BookingActionInput } from '../booking/act-on-booking.ts';
import { lockBooking } from '../booking/lock-booking.ts';
import { isOverdue } from '../hold/release-overdue-holds.ts';
import { logMilestone } from '../log-action.ts';
import { changeBookingStatus } from '../transition/change-booking-status.ts';
import { recordEvent } from '../transition/record-event.ts';

interface ManualPayment {
  readonly method: PaymentMethod;
  readonly amount: number;
  readonly reference: string | null;
}

/** Money can be taken for these: the guest is coming, is here, or left owing. */
const PAYABLE: readonly BookingStatus[] = [
  'PENDING_PAYMENT',
  'PENDING_APPROVAL',
  'CONFIRMED',
  'IN_HOUSE',
  'COMPLETED',
  'NO_SHOW',
];

/**
 * Records money that staff took by hand; a hold that is thereby paid becomes a booking.
 *
 * All of it paid confirms. A deposit confirms where the property approves automatically, and else waits for approval.
 * Less than what is due first is refused for a hold: it could still end, and the money would be nobody's.
 * Throws: not_found, version_conflict, hold_expired, invalid_transition, already_paid, overpayment, amount_mismatch.
 */
export async function recordManualPayment(
  ctx: Context,
  input: BookingActionInput & ManualPayment,
): Promise<BookingSnapshot> {
  const { amount } = input;
  const settled: { status: BookingStatus | null } = { status: null };
  const paid = await actOnBooking(ctx, 'booking/payment', input, async (tx) => {
    const booking = await lockBooking(tx, input);
    assertPayable(booking, input);
    await addPayment(tx, booking, input, ctx.request.id);
    settled.status = await settleHold(tx, booking, input, ctx.request.id);
    return booking.id;
  });
  logMilestone(ctx, 'PAYMENT_FINALIZE_SUCCESS', paid, { amount, mode: 'MANUAL' });
  if (settled.status === 'CONFIRMED') logMilestone(ctx, 'BOOKING_CONFIRMED', paid);
  return paid;
}

function assertPayable(booking: LockedBooking, { amount }: ManualPayment): void {
  if (booking.status === 'EXPIRED' || isOverdue(booking)) {
    throw new AppError('hold_expired', { detail: 'The hold has ended and its place may be sold. Book again.' });
  }
  if (!PAYABLE.includes(booking.status)) {
    throw new AppError('invalid_transition', { detail: `Nothing is paid for a booking that is ${booking.status}.` });
  }
  const { totalPayable, paidAmount, waivedAmount, currency } = booking;
  const balanceDue = totalPayable - paidAmount - waivedAmount;
  if (balanceDue <= 0) throw new AppError('already_paid');
  if (amount > balanceDue) throw new AppError('overpayment', { extra: { balanceDue, currency } });
  if (booking.status === 'PENDING_PAYMENT' && amount < booking.depositDue) {
    const { depositDue } = booking;
    throw new AppError('amount_mismatch', { detail: 'A hold is paid at once.', extra: { depositDue, currency } });
  }
}

async function addPayment(
  tx: Tx,
  booking: LockedBooking,
  input: BookingActionInput & ManualPayment,
  requestId: string | null,
): Promise<void> {
  const { id: bookingId, propertyId, currency } = booking;
  const { method, amount, reference, actor } = input;
  const recordedBy = actor.id;
  await tx.payment.create({
    data: {
      bookingId,
      propertyId,
      currency,
      method,
      amount,
      reference,
      recordedBy,
      provider: 'MANUAL',
      stage: 'CAPTURED',
    },
  });
  const paidAmount = booking.paidAmount + amount;
  // What makes it "paid" is what had to be paid first; where nothing had to, it is all of it.
  const due = booking.depositDue > 0 ? booking.depositDue : booking.totalPayable;
  await tx.booking.update({
    where: { id: bookingId },
    data: {
      paidAmount,
      paymentProvider: 'MANUAL',
      ...(paidAmount >= booking.totalPayable && { paymentStage: 'CAPTURED' }),
      ...(booking.paidAmount < due && paidAmount >= due && { paidAt: booking.now }),
    },
  });
  await recordEvent(tx, {
    ...{ booking, action: 'payment', actor, requestId, reason: method },
    changes: { paidAmount: [booking.paidAmount, paidAmount] },
    announce: ['payment_success'],
  });
}

/** Makes a booking of a hold that is paid. Answers its new status; null when it was no hold. */
async function settleHold(
  tx: Tx,
  booking: LockedBooking,
  { amount, actor }: BookingActionInput & ManualPayment,
  requestId: string | null,
): Promise<BookingStatus | null> {
  if (booking.status !== 'PENDING_PAYMENT') return null;
  const paidAmount = booking.paidAmount + amount;
  if (booking.approval === 'AUTOMATIC' || paidAmount >= booking.totalPayable) {
    return changeBookingStatus(tx, { booking, action: 'confirm', actor, requestId });
  }
  return changeBookingStatus(tx, { booking, action: 'authorize', actor: { ...actor, type: 'PAYMENT' }, requestId });
}
