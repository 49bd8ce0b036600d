import type { Prisma, Tx } from '../../db/client.ts';
import type { LockedBooking } from '../../db/locks.ts';
import type { Actor } from '../../domain/booking.ts';
import type { BookingStatus } from '../../domain/booking-status.ts';
import { changeBookingStatus } from '../transition/change-booking-status.ts';
import { recordEvent } from '../transition/record-event.ts';

export interface Finalization {
  readonly booking: LockedBooking;
  readonly mode: 'GATEWAY' | 'MANUAL';
  /** What came in, in minor units. */
  readonly amount: number;
  readonly actor: Actor;
  readonly requestId: string | null;
  /** False when an ended hold is not to come back, because its nights are gone. */
  readonly revives?: boolean;
  /** For people who read the history: cash, or the end of the gateway's id. */
  readonly reason: string;
}

/**
 * Makes money that has come in count: the only way a booking becomes paid. Answers its status.
 *
 * A hold or a request that is thereby paid is confirmed, in the same transaction; where only a deposit was taken by hand
 * and staff approve, it waits for them.
 * Locks: expects the booking locked.
 */
export async function finalizePayment(tx: Tx, input: Finalization): Promise<BookingStatus> {
  const { booking, mode, amount, actor, requestId } = input;
  const paidAmount = booking.paidAmount + amount;
  // What makes it "paid" is what had to be paid first; where nothing had to, it is all of it.
  const due = booking.depositDue > 0 ? booking.depositDue : booking.totalPayable;
  const isCaptured = mode === 'GATEWAY' || paidAmount >= booking.totalPayable;
  const set: Prisma.BookingUncheckedUpdateInput = {
    paidAmount,
    paymentProvider: mode === 'GATEWAY' ? 'STRIPE' : 'MANUAL',
    ...(isCaptured && { paymentStage: 'CAPTURED' }),
    ...(booking.paidAmount < due && paidAmount >= due && { paidAt: booking.now }),
  };
  await tx.booking.update({ where: { id: booking.id }, data: set });
  await recordEvent(tx, {
    ...{ booking, action: 'payment', actor, requestId, reason: input.reason },
    changes: { paidAmount: [booking.paidAmount, paidAmount] },
    announce: ['payment_success'],
  });
  return paidAmount < booking.depositDue ? booking.status : confirmPaid(tx, input, paidAmount);
}

async function confirmPaid(tx: Tx, input: Finalization, paidAmount: number): Promise<BookingStatus> {
  const { booking, mode, actor, requestId } = input;
  const byPayment = { ...actor, type: 'PAYMENT' as const };
  switch (booking.status) {
    case 'PENDING_PAYMENT':
      if (mode === 'MANUAL' && booking.approval === 'STAFF' && paidAmount < booking.totalPayable) {
        return changeBookingStatus(tx, { booking, action: 'authorize', actor: byPayment, requestId });
      }
      return changeBookingStatus(tx, {
        booking,
        action: 'confirm',
        actor: mode === 'MANUAL' ? actor : byPayment,
        requestId,
      });
    case 'PENDING_APPROVAL':
      if (mode === 'MANUAL') return booking.status;
      return changeBookingStatus(tx, {
        ...{ booking, action: 'approve', actor: { ...actor, type: 'STAFF' }, requestId },
        set: { decisionBy: actor.id, decisionAt: booking.now },
        alsoAnnounce: ['booking_confirmed'],
      });
    case 'EXPIRED':
      if (input.revives === false) return booking.status;
      return changeBookingStatus(tx, {
        booking,
        action: 'revive',
        to: 'CONFIRMED',
        actor: byPayment,
        requestId,
        alsoAnnounce: ['booking_confirmed'],
      });
    case 'CONFIRMED':
    case 'IN_HOUSE':
    case 'COMPLETED':
    case 'NO_SHOW':
    case 'DECLINED':
    case 'CANCELLED':
      return booking.status;
  }
}
