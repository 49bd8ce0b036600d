import type { Tx } from '../../db/client.ts';
import type { LockedAppointment, LockedBooking } from '../../db/locks.ts';
import { slotTermsOf } from '../../domain/availability/appointment.ts';
import { explainSlot } from '../../domain/availability/slots.ts';
import { announceTime } from '../feed/announce.ts';
import { isPromoLeft, takePromoUseAgain } from '../promo-use/take-promo-use-again.ts';
import { readSlotsAsSold } from '../slots/read-slots-as-sold.ts';
import { takeNightsAgain } from './take-nights-again.ts';

/**
 * Takes again what an ended hold had: its nights or its provider's time, and its promo; all or nothing. Answers whether it
 * was still free, and still to be had: nights that are not closed, a time at which the provider works and does the service.
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
  if (appointment.isLive || startsAt <= now || !(await isStillDone(tx, booking, appointment))) return false;
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

/** Whether its provider is at work then and does its service. To notice and window it kept when it was booked. */
async function isStillDone(tx: Tx, booking: LockedBooking, appointment: LockedAppointment): Promise<boolean> {
  const { startsAt } = booking;
  const offer = await readSlotsAsSold(tx, { booking, appointment, providerId: appointment.providerId, startsAt });
  if (offer === null) return false;
  const terms = { ...slotTermsOf(offer, offer.service, true), latest: Infinity };
  const question = { ...terms, startsAt: startsAt.getTime(), now: offer.now.getTime(), offGrid: true };
  return offer.providers.some((provider) => explainSlot({ ...question, provider }) === null);
}

/** Whether a booking has its place, as one that has not ended has. */
export function hasPlace({ stay, appointment }: LockedBooking): boolean {
  return appointment === null ? stay === null || stay.heldUntil === stay.checkOut : appointment.isLive;
}
