import type { Tx } from '../../../db/client.ts';
import type { LockedBooking, LockedStay } from '../../../db/locks.ts';
import type { BookingStatus } from '../../../domain/booking-status.ts';
import { addDays } from '../../../domain/time/calendar.ts';
import type { PlainDate } from '../../../domain/time/calendar.ts';
import { AppError } from '../../../errors.ts';

/** Bookings that still need a room and may be given another. */
const ASSIGNABLE: readonly BookingStatus[] = ['PENDING_APPROVAL', 'CONFIRMED', 'IN_HOUSE'];

/**
 * Checks that the room of a stay may change, and that the caller knows the current assignment.
 *
 * Throws: invalid_transition, version_conflict.
 */
export function assertAssignable(booking: LockedBooking, assignmentVersion: number | null): LockedStay {
  const { stay, status } = booking;
  if (stay === null || !ASSIGNABLE.includes(status)) {
    throw new AppError('invalid_transition', {
      detail: `The room of a booking that is ${status} can't be changed.`,
      extra: { bookingStatus: status },
    });
  }
  if (assignmentVersion !== null && assignmentVersion !== stay.assignmentVersion) {
    throw new AppError('version_conflict', {
      detail: `The assignment is at version ${String(stay.assignmentVersion)}.`,
      extra: { assignmentVersion: stay.assignmentVersion },
    });
  }
  return stay;
}

/**
 * Finds the nights for which a stay still needs a room; none when `from` is not before `to`.
 *
 * A night is under way until check-out time, so a guest who arrives after midnight needs the room for it. A guest in the
 * house has a room for it, and changes rooms from today on, or on the last morning for what is left of the last night.
 */
export function remainingNights(
  { checkIn, heldUntil }: Pick<LockedStay, 'checkIn' | 'heldUntil'>,
  { status, today, tonight, now, endsAt }: Pick<LockedBooking, 'status' | 'today' | 'tonight' | 'now' | 'endsAt'>,
): { from: PlainDate; to: PlainDate } {
  const lastNight = addDays(heldUntil, -1);
  const isLastMorning = now < endsAt && today > lastNight;
  const night = status !== 'IN_HOUSE' || isLastMorning ? tonight : today;
  return { from: checkIn > night ? checkIn : night, to: heldUntil };
}

/**
 * Ends the live assignment, and keeps the nights of use on record; a room assigned today has none.
 *
 * Locks: expects room and booking locked.
 */
export async function releaseRoom(tx: Tx, { room, stay, status, today, now }: LockedBooking): Promise<void> {
  if (room === null || stay === null) return;
  const wasUsed = status === 'IN_HOUSE' && today > room.from;
  await tx.roomAssignment.update({
    where: { id: room.assignmentId },
    data: { releasedAt: now, ...(wasUsed && today < stay.heldUntil && { toOn: new Date(today) }) },
  });
}

/** Increments the version of the assignment, and by `updated_at` the version of the booking. */
export async function incrementAssignmentVersion(tx: Tx, booking: LockedBooking, stay: LockedStay): Promise<void> {
  const assignmentVersion = stay.assignmentVersion + 1;
  await tx.stay.update({ where: { bookingId: booking.id }, data: { assignmentVersion } });
  await tx.booking.update({ where: { id: booking.id }, data: { updatedAt: booking.now } });
}
