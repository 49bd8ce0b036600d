import type { Tx } from '../../../db/client.ts';
import type { LockedBooking } from '../../../db/locks.ts';
import { takeNights } from './take-nights.ts';

/**
 * Reclaims the nights of an ended hold, all or none.
 *
 * Locks: expects the nights of the whole stay and the booking locked.
 * Returns: whether the nights were free and the stay has not ended.
 */
export async function reclaimNights(tx: Tx, { stay, id, now, endsAt }: LockedBooking): Promise<boolean> {
  if (stay === null || stay.heldUntil !== stay.checkIn || now >= endsAt) return false;
  const { roomTypeId, checkIn: from, checkOut: to } = stay;
  if (!(await takeNights(tx, { roomTypeId, from, to }))) return false;
  await tx.stay.update({ where: { bookingId: id }, data: { heldUntilOn: new Date(to) } });
  return true;
}
