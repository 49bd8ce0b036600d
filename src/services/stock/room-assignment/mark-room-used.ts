import type { Tx } from '../../../db/client.ts';
import type { LockedBooking } from '../../../db/locks.ts';
import type { BookingStatus } from '../../../domain/booking-status.ts';
import { announce } from '../../core/feed/announce.ts';

/**
 * Marks a used room as dirty.
 *
 * `status` is the booking's status after the change.
 * Locks: expects room and booking locked.
 */
export async function markRoomUsed(
  tx: Tx,
  { room, propertyId, id, code }: LockedBooking,
  status: BookingStatus,
): Promise<void> {
  if (room === null) return;
  await tx.room.update({ where: { id: room.id }, data: { housekeepingStatus: 'DIRTY' } });
  const data = { bookingCode: code, status, roomNumber: room.number };
  await announce(tx, { propertyId, bookingId: id, type: 'room_status_changed', data });
}
