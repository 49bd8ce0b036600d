import type { Context } from '../../context.ts';
import type { Tx } from '../../db/client.ts';
import type { LockedBooking } from '../../db/locks.ts';
import type { Actor, BookingSnapshot, PaymentMethod } from '../../domain/booking.ts';
import type { BookingStatus } from '../../domain/booking-status.ts';
import { AppError } from '../../errors.ts';
import { actOnBooking } from '../booking/act-on-booking.ts';
import type { BookingActionInput } from '../booking/act-on-booking.ts';
import { lockBooking } from '../booking/lock-booking.ts';
import { isOverdue } from '../hold/release-overdue-holds.ts';
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
 * Throws: not_found, version_conflict, hold_expired, invalid_transition, already_paid, overpayment.
 */
export async function recordManualPayment(
  ctx: Context,
  input: BookingActionInput & ManualPayment,
): Promise<BookingSnapshot> {
  const paid = await actOnBooking(ctx, 'booking/payment', input, async (tx) => {
    const booking = await lockBooking(tx, input);
    assertPayable(booking, input);
    const paidAmount = booking.paidAmount + input.amount;
    await insertPayment(tx, booking, input);
    await tx.booking.update({
      where: { id: booking.id },
      data: {
        paidAmount,
        paymentProvider: 'MANUAL',
        ...(paidAmount >= booking.totalPayable && { paymentStage: 'CAPTURED' }),
        ...(paidAmount >= booking.depositDue &&
          booking.paidAmount < Math.max(1, booking.depositDue) && { paidAt: booking.now }),
      },
    });
    await recordEvent(tx, {
      ...{ booking, action: 'payment', actor: input.actor, requestId: ctx.request.id, reason: input.method },
      changes: { paidAmount: [booking.paidAmount, paidAmount] },
      announce: ['payment_success'],
    });
    if (booking.status === 'PENDING_PAYMENT')
      await settleHold(tx, { booking, paidAmount, actor: input.actor, requestId: ctx.request.id });
    return booking.id;
  });
  const { amount, code } = input;
  ctx.log.info(
    { event: 'PAYMENT_FINALIZE_SUCCESS', code, amount, currency: paid.price.currency, mode: 'MANUAL' },
    'PAYMENT_FINALIZE_SUCCESS',
  );
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
}

async function insertPayment(tx: Tx, booking: LockedBooking, input: BookingActionInput & ManualPayment): Promise<void> {
  const { id: bookingId, propertyId, currency } = booking;
  const { method, amount, reference, actor } = input;
  await tx.payment.create({
    data: {
      bookingId,
      propertyId,
      currency,
      method,
      amount,
      reference,
      provider: 'MANUAL',
      stage: 'CAPTURED',
      recordedBy: actor.id,
    },
  });
}

async function settleHold(
  tx: Tx,
  input: { booking: LockedBooking; paidAmount: number; actor: Actor; requestId: string | null },
): Promise<void> {
  const { booking, paidAmount, actor, requestId } = input;
  if (paidAmount < booking.depositDue) return;
  if (booking.approval === 'AUTOMATIC' || paidAmount >= booking.totalPayable) {
    await changeBookingStatus(tx, { booking, action: 'confirm', actor, requestId });
  } else {
    await changeBookingStatus(tx, { booking, action: 'authorize', actor: { ...actor, type: 'PAYMENT' }, requestId });
  }
}
