import type { RequestContext } from '../../../context.ts';
import type { BookingSnapshot } from '../../../domain/booking/booking.ts';
import { AppError } from '../../../errors.ts';
import { actOnBooking } from '../../core/booking/act-on-booking.ts';
import type { BookingActionInput } from '../../core/booking/act-on-booking.ts';
import { lockBookingWithAllocation } from '../../core/booking/lock-booking.ts';
import { recordEvent } from '../../core/transition/record-event.ts';
import { assertAssignable, incrementAssignmentVersion, releaseRoom } from '../../stock/room-assignment/assignment.ts';

/**
 * Removes the room of a booking.
 *
 * Idempotent: returns a booking without a room unchanged.
 * Throws: as `assignRoom`; room_required for a guest in the house.
 */
export async function unassignRoom(
  ctx: RequestContext,
  input: BookingActionInput & { assignmentVersion: number | null },
): Promise<BookingSnapshot> {
  return actOnBooking(ctx, 'booking/unassign-room', input, async (tx) => {
    const booking = await lockBookingWithAllocation(tx, { ...input, nights: 'NONE' });
    const stay = assertAssignable(booking, input.assignmentVersion);
    if (booking.room === null) return booking.id;
    if (booking.status === 'IN_HOUSE') {
      throw new AppError('room_required', { detail: 'A guest in the house needs a room; assign another one.' });
    }
    await releaseRoom(tx, booking);
    await incrementAssignmentVersion(tx, booking, stay);
    await recordEvent(tx, {
      booking,
      action: 'unassign-room',
      author: ctx.author,
      changes: { room: [booking.room.number, null] },
      announce: ['booking_updated'],
    });
    return booking.id;
  });
}
