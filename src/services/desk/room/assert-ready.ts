import type { Tx } from '../../../db/client.ts';
import type { LockedBooking } from '../../../db/locks.ts';
import { addDays } from '../../../domain/time/calendar.ts';
import { AppError } from '../../../errors.ts';
import { rangeOf } from '../../catalogue/room-type/room/room-details.ts';
import { remainingNights } from '../../stock/room-assignment/assignment.ts';

/**
 * Asserts that a room is vacant, clean and in order; a reason overrides the last two.
 *
 * Checks the night under way, and on early check-in the nights before the day of arrival. The assignment has checked later nights.
 * Locks: expects the room locked. Throws: room_not_ready.
 */
export async function assertReady(
  tx: Tx,
  input: { booking: LockedBooking; room: { id: string; number: string }; override: string | null },
): Promise<void> {
  const { booking, override } = input;
  const room = await tx.room.findUniqueOrThrow({ where: { id: input.room.id } });
  const occupant = await tx.roomAssignment.findFirst({
    where: { roomId: room.id, releasedAt: null, booking: { status: 'IN_HOUSE', id: { not: booking.id } } },
    select: { booking: { select: { code: true } } },
  });
  if (occupant !== null) {
    throw new AppError('room_not_ready', { detail: `${occupant.booking.code} is still in room ${room.number}.` });
  }
  const block = rangeOf(room);
  const { today, stay } = booking;
  const arrival = stay?.checkIn ?? today;
  const first = stay === null ? today : remainingNights(stay, booking).from;
  const from = first < today ? first : today;
  const next = addDays(from, 1);
  const until = arrival > next ? arrival : next;
  const isBlocked = block !== null && block.from < until && from < block.to;
  if ((isBlocked || room.housekeepingStatus === 'DIRTY') && override === null) {
    const housekeepingStatus = isBlocked ? 'OUT_OF_ORDER' : 'DIRTY';
    throw new AppError('room_not_ready', {
      detail: `Room ${room.number} is ${housekeepingStatus}; send {"override": reason} to use it all the same.`,
      extra: { housekeepingStatus },
    });
  }
}
