import type { Tx } from '../../db/client.ts';
import type { LockedBooking } from '../../db/locks.ts';
import { announceTime } from '../feed/announce.ts';
import { isPromoLeft, takePromoUseAgain } from '../promo-use/take-promo-use-again.ts';
import { takeNightsAgain } from './take-nights-again.ts';

/**
 * Takes again what an ended hold had: its nights or its provider's time, and its promo; all or nothing. Answers whether it
 * was still free.
 *
 * Locks: expects the booking locked with its place.
 */
export async function takePlaceAgain(tx: Tx, booking: LockedBooking): Promise<boolean> {
  if (!(await isPromoLeft(tx, booking)) || !(await takeFreePlace(tx, booking))) return false;
  await takePromoUseAgain(tx, booking);
  return true;
}

async function takeFreePlace(tx: Tx, booking: LockedBooking): Promise<boolean> {
  const { appointment, id, propertyId, now, startsAt } = booking;
  if (appointment === null) return takeNightsAgain(tx, booking);
  if (appointment.isLive || startsAt <= now) return false;
  const { providerId, occupiedFrom, occupiedUntil } = appointment;
  const taken = await tx.$executeRaw`
    UPDATE appointments SET is_live = true WHERE booking_id = ${id}::uuid AND NOT EXISTS (
      SELECT FROM appointments o
      WHERE o.provider_id = ${providerId}::uuid AND o.is_live
        AND tstzrange(o.occupied_from, o.occupied_until) && tstzrange(${occupiedFrom}, ${occupiedUntil}))`;
  if (taken === 0) return false;
  await announceTime(tx, { propertyId, ...appointment });
  return true;
}

/** Whether a booking has its place, as one that has not ended has. */
export function hasPlace({ stay, appointment }: LockedBooking): boolean {
  return appointment === null ? stay === null || stay.heldUntil === stay.checkOut : appointment.isLive;
}
