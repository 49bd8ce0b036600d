import type { Context } from '../../context.ts';
import type { Payment, Tx } from '../../db/client.ts';
import type { LockedBooking } from '../../db/locks.ts';
import type { BookingSnapshot, ManualMethod } from '../../domain/booking.ts';
import type { BookingStatus } from '../../domain/booking-status.ts';
import { AppError } from '../../errors.ts';
import { actOnBooking } from '../booking/act-on-booking.ts';
import type { BookingActionInput } from '../booking/act-on-booking.ts';
import { lockBooking } from '../booking/lock-booking.ts';
import { isOverdue } from '../hold/release-overdue-holds.ts';
import { logMilestone } from '../log-action.ts';
import { closeOpenPage } from './close-open-page.ts';
import { finalizePayment } from './finalize/finalize-payment.ts';
import type { FinalizedPayment } from './finalize/finalize-payment.ts';
import { assertNothingInFlight, findCurrentPayment } from './find-current-payment.ts';
import { logFinalized, logRefusedPayment } from './finalize/log-finalized.ts';

interface ManualPayment {
  readonly method: ManualMethod;
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
  const { amount, actor, method: reason } = input;
  const mode = 'MANUAL' as const;
  const settled: { payment: FinalizedPayment | null; isNew: boolean } = { payment: null, isNew: false };
  const record = async (tx: Tx) => {
    const booking = await lockBooking(tx, input);
    assertPayable(booking, input);
    await assertNothingInFlight(tx, booking);
    await assertNoCardWaiting(tx, booking);
    await closeOpenPage(tx, { booking, actor: input.actor, requestId: ctx.request.id });
    const payment = await insertPayment(tx, booking, input);
    const counted = { booking, mode, amount, walletAmount: 0, payment, actor, reason, requestId: ctx.request.id };
    settled.payment = await finalizePayment(tx, counted);
    settled.isNew = settled.payment.newStatus !== booking.status;
    return booking.id;
  };
  const paid = await logRefusedPayment(ctx, { code: input.code, mode }, () =>
    actOnBooking(ctx, 'booking/payment', input, record),
  );
  ctx.nudge();
  if (settled.payment !== null) logFinalized(ctx, { ...settled.payment, mode });
  if (settled.isNew && settled.payment?.newStatus === 'CONFIRMED') logMilestone(ctx, 'BOOKING_CONFIRMED', paid);
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
  const depositDue = booking.depositDue - paidAmount;
  if (booking.status === 'PENDING_PAYMENT' && amount < depositDue) {
    throw new AppError('amount_mismatch', { detail: 'A hold is paid at once.', extra: { depositDue, currency } });
  }
}

async function insertPayment(
  tx: Tx,
  booking: LockedBooking,
  input: BookingActionInput & ManualPayment,
): Promise<Payment> {
  const { id: bookingId, propertyId, currency } = booking;
  const { method, amount, reference, actor } = input;
  const recordedBy = actor.id;
  const own = { provider: 'MANUAL', stage: 'CAPTURED' } as const;
  return tx.payment.create({
    data: { ...own, bookingId, propertyId, currency, method, amount, reference, recordedBy },
  });
}

/** A card that is authorized is captured or voided by deciding on the booking, not paid beside. */
async function assertNoCardWaiting(tx: Tx, booking: LockedBooking): Promise<void> {
  const waiting = await findCurrentPayment(tx, booking, ['AUTHORIZED', 'CAPTURING']);
  if (waiting === null) return;
  throw new AppError('payment_in_progress', { detail: 'A card is authorized for this booking.', retryAfterSeconds: 5 });
}
