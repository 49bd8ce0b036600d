import type { Tx } from '../../db/client.ts';
import type { LockedBooking } from '../../db/locks.ts';
import { AppError } from '../../errors.ts';
import { rangeOf } from './change-room.ts';

/**
 * Lets a guest into a room only when nobody is in it and it is clean, or dirty with a reason to use it all the same.
 *
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
  const isBlocked = block !== null && block.from <= booking.today && booking.today < block.to;
  if ((isBlocked || room.housekeepingStatus === 'DIRTY') && override === null) {
    const housekeepingStatus = isBlocked ? 'OUT_OF_ORDER' : 'DIRTY';
    throw new AppError('room_not_ready', {
      detail: `Room ${room.number} is ${housekeepingStatus}; send {"override": reason} to use it all the same.`,
      extra: { housekeepingStatus },
    });
  }
}
