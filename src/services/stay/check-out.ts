import type { Context } from '../../context.ts';
import type { Tx } from '../../db/client.ts';
import type { LockedBooking } from '../../db/locks.ts';
import type { BookingSnapshot } from '../../domain/booking.ts';
import { resolveTransition } from '../../domain/booking-status.ts';
import { firstNightGivenBack } from '../../domain/availability/nights.ts';
import { AppError } from '../../errors.ts';
import { actOnBooking } from '../booking/act-on-booking.ts';
import type { BookingActionInput, BookingStepInput } from '../booking/act-on-booking.ts';
import { lockBookingWithPlace } from '../booking/lock-booking.ts';
import { releaseStay } from '../inventory/release-stay.ts';
import { earnRest } from '../ledger/settle-earnings.ts';
import { markRoomUsed } from '../room/mark-room-used.ts';
import { closeOpenPage } from '../payment/close-open-page.ts';
import { assertMayEnd } from '../payment/find-current-payment.ts';
import { sumOpenRefunds } from '../refund/give-back.ts';
import { changeBookingStatus } from '../transition/change-booking-status.ts';

type CheckOut = BookingActionInput & { readonly waiveBalance: string | null };

/**
 * Ends a stay or an appointment: a room is dirty, and on early departure the nights after today go back.
 *
 * The balance must be settled, or waived with a reason.
 * Throws: not_found, version_conflict, invalid_transition, balance_due, too_early for an appointment that has not begun.
 */
export async function checkOut(ctx: Context, input: CheckOut): Promise<BookingSnapshot> {
  const requestId = ctx.request.id;
  return actOnBooking(ctx, 'booking/check-out', input, (tx) => complete(tx, { ...input, requestId }));
}

/** The same in the caller's transaction. Answers the booking's id. */
export async function complete(tx: Tx, input: CheckOut & BookingStepInput): Promise<string> {
  const booking = await lockBookingWithPlace(tx, input);
  const { actor, requestId, waiveBalance } = input;
  resolveTransition({ action: 'complete', kind: booking.kind, from: booking.status, by: actor.type });
  if (booking.status === 'CONFIRMED' && booking.now < booking.startsAt) {
    throw new AppError('too_early', { detail: `It begins at ${booking.startsAt.toISOString()}.` });
  }
  await assertMayEnd(tx, booking, input);
  await closeOpenPage(tx, { booking, actor, requestId });
  const waived = settleBalance(booking, { leaving: await sumOpenRefunds(tx, booking), reason: waiveBalance });
  const status = await changeBookingStatus(tx, {
    ...{ booking, action: 'complete', actor, requestId, reason: waiveBalance },
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
  await earnRest(tx, { booking, actor, requestId });
  return booking.id;
}

/** What has to be waived for the guest to leave. Throws: balance_due when nobody said it may be. */
function settleBalance(
  { totalPayable, paidAmount, waivedAmount, currency }: LockedBooking,
  { leaving, reason }: { leaving: number; reason: string | null },
): number {
  const balanceDue = Math.max(0, totalPayable - (paidAmount - leaving) - waivedAmount);
  if (balanceDue > 0 && reason === null) {
    throw new AppError('balance_due', {
      detail: 'Record the payment, or send {"waiveBalance": reason}.',
      extra: { balanceDue, currency },
    });
  }
  return balanceDue;
}
