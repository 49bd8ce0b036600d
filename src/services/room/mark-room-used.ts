import type { Tx } from '../../db/client.ts';
import type { LockedBooking } from '../../db/locks.ts';
import { announce } from '../feed/announce.ts';

/** A room somebody has lived in is dirty, however they left it. Expects room and booking locked. */
export async function markRoomUsed(tx: Tx, { room, propertyId, id, code, status }: LockedBooking): Promise<void> {
  if (room === null) return;
  await tx.room.update({ where: { id: room.id }, data: { housekeepingStatus: 'DIRTY' } });
  const data = { bookingCode: code, status, roomNumber: room.number };
  await announce(tx, { propertyId, bookingId: id, type: 'room_status_changed', data });
}
