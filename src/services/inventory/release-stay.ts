import type { Tx } from '../../db/client.ts';
import type { LockedBooking } from '../../db/locks.ts';
import type { PlainDate } from '../../domain/time/calendar.ts';
import { announceAvailability } from '../feed/announce.ts';

/**
 * Gives a booking's nights from `from` on back to the inventory, and its room with them.
 *
 * The counter and `held_until_on` change together: a night's counter is the number of stays that hold it. A room that
 * was lived in stays on the booking for the nights it was used.
 * Locks: expects nights, room and booking locked (`lockBookingWithPlace`), and the status as it was before the change.
 */
export async function releaseStay(tx: Tx, input: { booking: LockedBooking; from: PlainDate }): Promise<void> {
  const { stay, room, id, now, status } = input.booking;
  if (stay === null) return;
  const from = input.from < stay.checkIn ? stay.checkIn : input.from;
  const givesBack = from < stay.heldUntil;
  if (givesBack) {
    await tx.$executeRaw`
      UPDATE inventory_nights SET reserved = reserved - 1
      WHERE room_type_id = ${stay.roomTypeId}::uuid AND night >= ${from}::date AND night < ${stay.heldUntil}::date`;
    await tx.stay.update({ where: { bookingId: id }, data: { heldUntilOn: new Date(from) } });
    await announceAvailability(tx, { roomTypeId: stay.roomTypeId, from, to: stay.heldUntil });
  }
  if (room === null) return;
  const wasUsed = status === 'IN_HOUSE' && from > stay.checkIn;
  if (!wasUsed) await tx.roomAssignment.update({ where: { id: room.assignmentId }, data: { releasedAt: now } });
  else if (givesBack)
    await tx.roomAssignment.update({ where: { id: room.assignmentId }, data: { toOn: new Date(from) } });
}
