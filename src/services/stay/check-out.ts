import type { Context } from '../../context.ts';
import type { LockedBooking } from '../../db/locks.ts';
import type { BookingSnapshot } from '../../domain/booking.ts';
import { resolveTransition } from '../../domain/booking-status.ts';
import { firstNightGivenBack } from '../../domain/nights.ts';
import { AppError } from '../../errors.ts';
import { actOnBooking } from '../booking/act-on-booking.ts';
import type { BookingActionInput } from '../booking/act-on-booking.ts';
import { lockBookingWithPlace } from '../booking/lock-booking.ts';
import { releaseStay } from '../inventory/release-stay.ts';
import { earnRest } from '../ledger/settle-earnings.ts';
import { markRoomUsed } from '../room/mark-room-used.ts';
import { closeOpenPage } from '../payment/close-open-page.ts';
import { assertNothingInFlight } from '../payment/find-current-payment.ts';
import { changeBookingStatus } from '../transition/change-booking-status.ts';

/**
 * Ends a stay or an appointment: a room is dirty, and on early departure the nights after today go back.
 *
 * The balance must be settled, or waived with a reason.
 * Throws: not_found, version_conflict, invalid_transition, balance_due, too_early for an appointment that has not begun.
 */
export async function checkOut(
  ctx: Context,
  input: BookingActionInput & { waiveBalance: string | null },
): Promise<BookingSnapshot> {
  return actOnBooking(ctx, 'booking/check-out', input, async (tx) => {
    const booking = await lockBookingWithPlace(tx, input);
    const { actor, waiveBalance } = input;
    resolveTransition({ action: 'complete', kind: booking.kind, from: booking.status, by: actor.type });
    if (booking.status === 'CONFIRMED' && booking.now < booking.startsAt) {
      throw new AppError('too_early', { detail: `It begins at ${booking.startsAt.toISOString()}.` });
    }
    await assertNothingInFlight(tx, booking);
    await closeOpenPage(tx, { booking, actor, requestId: ctx.request.id });
    const waived = settleBalance(booking, waiveBalance);
    const status = await changeBookingStatus(tx, {
      ...{ booking, action: 'complete', actor, requestId: ctx.request.id, reason: waiveBalance },
      set: { waivedAmount: booking.waivedAmount + waived },
      ...(waived > 0 && { changes: { waivedAmount: [booking.waivedAmount, booking.waivedAmount + waived] } }),
      ...(booking.stay && { alsoAnnounce: ['booking_checked_out'] }),
      ...(booking.room && { announced: { roomNumber: booking.room.number } }),
    });
    if (booking.stay !== null) {
      await releaseStay(tx, {
        booking,
        from: firstNightGivenBack({ checkIn: booking.stay.checkIn, today: booking.today }),
      });
    }
    await markRoomUsed(tx, booking, status);
    await earnRest(tx, { booking, actor, requestId: ctx.request.id });
    return booking.id;
  });
}

/** What has to be waived for the guest to leave. Throws: balance_due when nobody said it may be. */
function settleBalance(
  { totalPayable, paidAmount, waivedAmount, currency }: LockedBooking,
  reason: string | null,
): number {
  const balanceDue = Math.max(0, totalPayable - paidAmount - waivedAmount);
  if (balanceDue > 0 && reason === null) {
    throw new AppError('balance_due', {
      detail: 'Record the payment, or send {"waiveBalance": reason}.',
      extra: { balanceDue, currency },
    });
  }
  return balanceDue;
}
