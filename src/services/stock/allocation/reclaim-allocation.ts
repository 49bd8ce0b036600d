import type { Tx } from '../../../db/client.ts';
import type { LockedAppointment, LockedBooking } from '../../../db/locks.ts';
import { computeSlotTerms } from '../../../domain/availability/appointment.ts';
import { explainSlot } from '../../../domain/availability/slots.ts';
import { announceTime } from '../../core/feed/announce.ts';
import { canReclaimRedemption, reclaimRedemption } from '../redemption/reclaim-redemption.ts';
import { readSlotsAsSold } from '../time/read-slots-as-sold.ts';
import { reclaimNights } from '../inventory/reclaim-nights.ts';

/**
 * Reclaims the allocation of an ended hold: its nights or its provider's time, and its redemption; all or nothing.
 *
 * Locks: expects the booking locked with its allocation (`lockBookingWithAllocation`).
 * Returns: false when the nights or the time are taken or no longer offered, or the promo's limits are reached.
 */
export async function reclaimAllocation(tx: Tx, booking: LockedBooking): Promise<boolean> {
  if (!(await canReclaimRedemption(tx, booking)) || !(await reclaimTimeOrNights(tx, booking))) return false;
  await reclaimRedemption(tx, booking);
  return true;
}

async function reclaimTimeOrNights(tx: Tx, booking: LockedBooking): Promise<boolean> {
  const { appointment, id, propertyId, now, startsAt } = booking;
  if (appointment === null) return reclaimNights(tx, booking);
  if (appointment.isLive || startsAt <= now || !(await isStillOffered(tx, booking, appointment))) return false;
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

/** Checks that the provider still works then and does the service. Notice and window held when the booking was made. */
async function isStillOffered(tx: Tx, booking: LockedBooking, appointment: LockedAppointment): Promise<boolean> {
  const { startsAt } = booking;
  const offer = await readSlotsAsSold(tx, { booking, appointment, providerId: appointment.providerId, startsAt });
  if (offer === null) return false;
  const terms = { ...computeSlotTerms(offer, offer.service, true), latest: Infinity };
  const query = { ...terms, startsAt: startsAt.getTime(), now: offer.now.getTime(), allowsOffGrid: true };
  return offer.providers.some((provider) => explainSlot({ ...query, provider }) === null);
}

/** Checks that a booking holds all its nights or its provider's time. */
export function hasAllocation({ stay, appointment }: LockedBooking): boolean {
  return appointment === null ? stay === null || stay.heldUntil === stay.checkOut : appointment.isLive;
}
