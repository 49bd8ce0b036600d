import type { Context } from '../../context.ts';
import type { BookingSnapshot } from '../../domain/booking.ts';
import { logMilestone } from '../log-action.ts';
import { changeBookingStatus } from '../transition/change-booking-status.ts';
import { actOnBooking } from '../booking/act-on-booking.ts';
import type { BookingActionInput } from '../booking/act-on-booking.ts';
import { lockBooking } from '../booking/lock-booking.ts';

/** Accepts a booking that waits for approval. Throws: not_found, version_conflict, invalid_transition. */
export async function approveBooking(ctx: Context, input: BookingActionInput): Promise<BookingSnapshot> {
  const approved = await actOnBooking(ctx, 'booking/approve', input, async (tx) => {
    const booking = await lockBooking(tx, input);
    await changeBookingStatus(tx, {
      ...{ booking, action: 'approve', actor: input.actor, requestId: ctx.request.id },
      set: { decisionBy: input.actor.id, decisionAt: booking.now },
      alsoAnnounce: ['booking_confirmed'],
    });
    return booking.id;
  });
  logMilestone(ctx, 'BOOKING_CONFIRMED', approved);
  return approved;
}
