import type { Tx } from '../../db/client.ts';
import type { LockedBooking } from '../../db/locks.ts';
import { addDays } from '../../domain/time/calendar.ts';
import { AppError } from '../../errors.ts';
import { rangeOf } from './change-room.ts';

/**
 * Lets a guest into a room only when nobody is in it, it is clean and in order; or with a reason to use it all the same.
 *
 * In order tonight, and for who comes before the day of arrival until then: the later nights were looked at when the
 * room was assigned.
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
  const tomorrow = addDays(booking.today, 1);
  const arrival = booking.stay?.checkIn ?? tomorrow;
  const until = arrival > tomorrow ? arrival : tomorrow;
  const isBlocked = block !== null && block.from < until && booking.today < block.to;
  if ((isBlocked || room.housekeepingStatus === 'DIRTY') && override === null) {
    const housekeepingStatus = isBlocked ? 'OUT_OF_ORDER' : 'DIRTY';
    throw new AppError('room_not_ready', {
      detail: `Room ${room.number} is ${housekeepingStatus}; send {"override": reason} to use it all the same.`,
      extra: { housekeepingStatus },
    });
  }
}
