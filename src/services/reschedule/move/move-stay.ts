import type { Tx } from '../../../db/client.ts';
import type { LockedBooking, LockedStay } from '../../../db/locks.ts';
import type { PlainDate } from '../../../domain/time/calendar.ts';
import { announceAvailability } from '../../feed/announce.ts';
import { takeNights } from '../../inventory/take-nights.ts';
import { bumpAssignment } from '../../room/assignment.ts';

interface Nights {
  readonly checkIn: PlainDate;
  readonly checkOut: PlainDate;
}

/** Gives a stay's nights back. Expects them locked. */
export async function leaveNights(tx: Tx, { roomTypeId, checkIn, heldUntil }: LockedStay): Promise<void> {
  await tx.$executeRaw`
    UPDATE inventory_nights SET reserved = reserved - 1
    WHERE room_type_id = ${roomTypeId}::uuid AND night >= ${checkIn}::date AND night < ${heldUntil}::date`;
  await announceAvailability(tx, { roomTypeId, from: checkIn, to: heldUntil });
}

/** Lets go of rooms that are taken again right after, so that stays which exchange nights are not in each other's way. */
export async function leaveRooms(tx: Tx, bookings: readonly LockedBooking[]): Promise<void> {
  for (const { room, now } of bookings) {
    if (room === null) continue;
    await tx.roomAssignment.update({ where: { id: room.assignmentId }, data: { releasedAt: now } });
  }
}

/**
 * Takes a stay's new nights, and keeps its room if that is free then; answers whether the nights were.
 *
 * Locks: expects old and new nights, room and booking locked, and the old nights left.
 */
export async function takeNewNights(
  tx: Tx,
  { booking, stay, to }: { booking: LockedBooking; stay: LockedStay; to: Nights },
): Promise<boolean> {
  const { checkIn, checkOut } = to;
  if (!(await takeNights(tx, { roomTypeId: stay.roomTypeId, from: checkIn, to: checkOut }))) return false;
  await tx.stay.update({
    where: { bookingId: booking.id },
    data: { checkInOn: new Date(checkIn), checkOutOn: new Date(checkOut), heldUntilOn: new Date(checkOut) },
  });
  await moveRoom(tx, { booking, stay, to });
  return true;
}

/** The room goes with the stay where it is free then and in order; else the booking needs another. */
async function moveRoom(
  tx: Tx,
  { booking, stay, to }: { booking: LockedBooking; stay: LockedStay; to: Nights },
): Promise<void> {
  const { room, now } = booking;
  if (room === null) return;
  const moved = await tx.$executeRaw`
    UPDATE room_assignments a SET from_on = ${to.checkIn}::date, to_on = ${to.checkOut}::date, released_at = NULL
    WHERE a.id = ${room.assignmentId}::uuid
      AND NOT EXISTS (SELECT FROM room_assignments o
        WHERE o.room_id = a.room_id AND o.id <> a.id AND o.released_at IS NULL
          AND daterange(o.from_on, o.to_on) && daterange(${to.checkIn}::date, ${to.checkOut}::date))
      AND NOT EXISTS (SELECT FROM rooms r
        WHERE r.id = a.room_id AND daterange(r.out_of_order_from_on, r.out_of_order_to_on) && daterange(${to.checkIn}::date, ${to.checkOut}::date)
          AND r.out_of_order_from_on IS NOT NULL)`;
  if (moved === 1) return;
  await tx.roomAssignment.update({ where: { id: room.assignmentId }, data: { releasedAt: now } });
  await bumpAssignment(tx, booking, stay);
}
