import type { Context } from '../../context.ts';
import type { BookingSnapshot } from '../../domain/booking.ts';
import { AppError } from '../../errors.ts';
import { actOnBooking } from '../booking/act-on-booking.ts';
import type { BookingActionInput } from '../booking/act-on-booking.ts';
import { lockBookingWithPlace } from '../booking/lock-booking.ts';
import { recordEvent } from '../transition/record-event.ts';
import { assertAssignable, bumpAssignment, freeRoom } from './assignment.ts';

/** Takes the room from a booking; one that has none is answered as it is. Throws: as assignRoom; a guest in the house keeps one. */
export async function unassignRoom(
  ctx: Context,
  input: BookingActionInput & { assignmentVersion: number | null },
): Promise<BookingSnapshot> {
  return actOnBooking(ctx, 'booking/unassign-room', input, async (tx) => {
    const booking = await lockBookingWithPlace(tx, { ...input, nights: 'NONE' });
    const stay = assertAssignable(booking, input.assignmentVersion);
    if (booking.room === null) return booking.id;
    if (booking.status === 'IN_HOUSE') {
      throw new AppError('room_required', { detail: 'A guest in the house needs a room; assign another one.' });
    }
    await freeRoom(tx, booking);
    await bumpAssignment(tx, booking, stay);
    await recordEvent(tx, {
      ...{ booking, action: 'unassign-room', actor: input.actor, requestId: ctx.request.id },
      changes: { room: [booking.room.number, null] },
      announce: ['booking_updated'],
    });
    return booking.id;
  });
}
