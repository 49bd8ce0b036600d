import type { Tx } from '../../db/client.ts';
import type { LockedBooking, LockedStay } from '../../db/locks.ts';
import type { BookingStatus } from '../../domain/booking-status.ts';
import type { PlainDate } from '../../domain/time/calendar.ts';
import { AppError } from '../../errors.ts';

/** Bookings that still need a room and may be given another. */
const ASSIGNABLE: readonly BookingStatus[] = ['PENDING_APPROVAL', 'CONFIRMED', 'IN_HOUSE'];

/** The stay, if its room may be changed by one who has seen this assignment. Throws: invalid_transition, version_conflict. */
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

/** The nights a stay needs a room for: those that are still to come. None when `from` is not before `to`. */
export function nightsToCome(
  { checkIn, heldUntil }: Pick<LockedStay, 'checkIn' | 'heldUntil'>,
  today: PlainDate,
): { from: PlainDate; to: PlainDate } {
  return { from: checkIn > today ? checkIn : today, to: heldUntil };
}

/**
 * Ends the live assignment, keeping the nights the room was used; one of this very day has none.
 *
 * Expects room and booking locked.
 */
export async function freeRoom(tx: Tx, { room, stay, status, today, now }: LockedBooking): Promise<void> {
  if (room === null || stay === null) return;
  const wasUsed = status === 'IN_HOUSE' && today > room.from;
  await tx.roomAssignment.update({
    where: { id: room.assignmentId },
    data: { releasedAt: now, ...(wasUsed && today < stay.heldUntil && { toOn: new Date(today) }) },
  });
}

/** A new assignment version, and with it a new version of the booking. */
export async function bumpAssignment(tx: Tx, booking: LockedBooking, stay: LockedStay): Promise<void> {
  const assignmentVersion = stay.assignmentVersion + 1;
  await tx.stay.update({ where: { bookingId: booking.id }, data: { assignmentVersion } });
  await tx.booking.update({ where: { id: booking.id }, data: { updatedAt: booking.now } });
}
