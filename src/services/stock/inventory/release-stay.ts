import type { Tx } from '../../../db/client.ts';
import type { LockedBooking } from '../../../db/locks.ts';
import type { PlainDate } from '../../../domain/time/calendar.ts';
import { announceAvailability } from '../../core/feed/announce.ts';

/**
 * Releases a booking's nights from `from` on, and its room.
 *
 * Counter and `held_until_on` change together: a night's counter is the number of stays that hold the night. A used
 * room stays assigned for the nights of its use.
 * Locks: expects nights, room and booking locked (`lockBookingWithAllocation`), and the status before the change.
 */
export async function releaseStay(tx: Tx, input: { booking: LockedBooking; from: PlainDate }): Promise<void> {
  const { stay, room, id, now, status } = input.booking;
  if (stay === null) return;
  const from = input.from < stay.checkIn ? stay.checkIn : input.from;
  const hasNightsLeft = from < stay.heldUntil;
  if (hasNightsLeft) {
    await tx.$executeRaw`
      UPDATE inventory_nights SET reserved = reserved - 1
      WHERE room_type_id = ${stay.roomTypeId}::uuid AND night >= ${from}::date AND night < ${stay.heldUntil}::date`;
    await tx.stay.update({ where: { bookingId: id }, data: { heldUntilOn: new Date(from) } });
    await announceAvailability(tx, { roomTypeId: stay.roomTypeId, from, to: stay.heldUntil });
  }
  if (room === null) return;
  // A guest who moved rooms this morning and leaves has not slept in the second room.
  const wasUsed = status === 'IN_HOUSE' && from > stay.checkIn && from > room.from;
  if (!wasUsed) await tx.roomAssignment.update({ where: { id: room.assignmentId }, data: { releasedAt: now } });
  else if (hasNightsLeft)
    await tx.roomAssignment.update({ where: { id: room.assignmentId }, data: { toOn: new Date(from) } });
}
