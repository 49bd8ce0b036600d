import type { Context } from '../../context.ts';
import type { BookingSnapshot } from '../../domain/booking.ts';
import { firstNightGivenBack } from '../../domain/nights.ts';
import { releaseStay } from '../inventory/release-stay.ts';
import { markRoomUsed } from '../room/mark-room-used.ts';
import { changeBookingStatus } from '../transition/change-booking-status.ts';
import { actOnBooking } from '../booking/act-on-booking.ts';
import type { BookingActionInput } from '../booking/act-on-booking.ts';
import { lockBookingWithPlace } from '../booking/lock-booking.ts';

/**
 * Cancels a booking and frees what it still holds; one that is cancelled already is answered as it is.
 *
 * A guest who is in the house keeps the nights that were used, and only staff or an agent may end the stay.
 * Throws: not_found, version_conflict, invalid_transition.
 */
export async function cancelBooking(
  ctx: Context,
  input: BookingActionInput & { reason: string | null },
): Promise<BookingSnapshot> {
  return actOnBooking(ctx, 'booking/cancel', input, async (tx) => {
    const booking = await lockBookingWithPlace(tx, input);
    if (booking.status === 'CANCELLED') return booking.id;
    const { actor, reason } = input;
    await changeBookingStatus(tx, { booking, action: 'cancel', actor, reason, requestId: ctx.request.id });
    if (booking.stay !== null) {
      const { checkIn } = booking.stay;
      const from = booking.status === 'IN_HOUSE' ? firstNightGivenBack({ checkIn, today: booking.today }) : checkIn;
      await releaseStay(tx, { booking, from });
      if (booking.status === 'IN_HOUSE') await markRoomUsed(tx, booking);
    }
    return booking.id;
  });
}
