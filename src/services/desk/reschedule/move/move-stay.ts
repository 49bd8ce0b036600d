import type { Tx } from '../../../../db/client.ts';
import type { LockedBooking, LockedStay } from '../../../../db/locks.ts';
import type { PlainDate } from '../../../../domain/time/calendar.ts';
import { announceAvailability } from '../../../core/feed/announce.ts';
import { takeNights } from '../../../stock/inventory/take-nights.ts';
import { incrementAssignmentVersion } from '../../../stock/room-assignment/assignment.ts';

interface Nights {
  readonly checkIn: PlainDate;
  readonly checkOut: PlainDate;
}

/** Releases a stay's nights. Locks: expects the nights locked. */
export async function releaseNights(tx: Tx, { roomTypeId, checkIn, heldUntil }: LockedStay): Promise<void> {
  await tx.$executeRaw`
    UPDATE inventory_nights SET reserved = reserved - 1
    WHERE room_type_id = ${roomTypeId}::uuid AND night >= ${checkIn}::date AND night < ${heldUntil}::date`;
  await announceAvailability(tx, { roomTypeId, from: checkIn, to: heldUntil });
}

/** Releases the rooms of stays that exchange nights, so that neither assignment blocks the other. */
export async function releaseRooms(tx: Tx, bookings: readonly LockedBooking[]): Promise<void> {
  for (const { room, now } of bookings) {
    if (room === null) continue;
    await tx.roomAssignment.update({ where: { id: room.assignmentId }, data: { releasedAt: now } });
  }
}

/**
 * Takes a stay's new nights and keeps the room where the room is free.
 *
 * Locks: expects old and new nights, room and booking locked, and the old nights released. Returns: false when a new
 * night is sold out.
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

/**
 * Moves the room assignment to the new nights, or releases a room that is taken or out of order on these nights.
 *
 * Locks: expects room and booking locked.
 */
export async function moveRoom(
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
  await incrementAssignmentVersion(tx, booking, stay);
}
