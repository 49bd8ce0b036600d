import type { Tx } from '../../db/client.ts';
import type { LockedBooking } from '../../db/locks.ts';
import { takeNights } from './take-nights.ts';

/**
 * Takes the nights of an ended hold again, all or none; answers whether they were still free.
 *
 * Locks: expects the nights of the whole stay and the booking locked.
 */
export async function takeNightsAgain(tx: Tx, { stay, id, today }: LockedBooking): Promise<boolean> {
  if (stay === null || stay.heldUntil !== stay.checkIn || today > stay.checkIn) return false;
  const { roomTypeId, checkIn: from, checkOut: to } = stay;
  if (!(await takeNights(tx, { roomTypeId, from, to }))) return false;
  await tx.stay.update({ where: { bookingId: id }, data: { heldUntilOn: new Date(to) } });
  return true;
}
