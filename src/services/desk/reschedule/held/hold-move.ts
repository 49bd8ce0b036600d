import type { Tx } from '../../../../db/client.ts';
import type { LockedBooking } from '../../../../db/locks.ts';
import { capAtCutOff } from '../../../../domain/booking/cut-off.ts';
import { computeHoldDeadline } from '../../../../domain/booking/hold.ts';
import { listDates } from '../../../../domain/time/calendar.ts';
import type { Move } from '../move/plan-move.ts';
import type { PlaceBefore } from './read-place.ts';

/**
 * Holds a dearer move until it is paid: keeps the old nights, and records what the booking falls back to.
 *
 * The time of an appointment is not kept, because one provider can not wait in two places: see decision 032.
 * Locks: expects old and new nights and the booking locked, and the move made.
 */
export async function holdMove(
  tx: Tx,
  { booking, plan, before, balance }: { booking: LockedBooking; plan: Move; before: PlaceBefore; balance: number },
): Promise<void> {
  const { id: bookingId, stay } = booking;
  const newNights = plan.nights === null ? [] : listDates(plan.nights.checkIn, plan.nights.checkOut);
  const oldNights = stay === null ? [] : listDates(stay.checkIn, stay.checkOut);
  const kept = oldNights.filter((night) => !newNights.includes(night));
  if (stay !== null && kept.length > 0) {
    await tx.$executeRaw`
      UPDATE inventory_nights SET reserved = reserved + 1
      WHERE room_type_id = ${stay.roomTypeId}::uuid AND night = ANY(${kept}::date[])`;
  }
  await tx.heldMove.create({
    data: {
      ...before,
      bookingId,
      balance,
      dropsPromo: plan.isPromoDropped,
      keptNights: kept.map((night) => new Date(night)),
      // Neither the old nor the new time is held beyond its cut-off.
      expiresAt: capAtCutOff(computeHoldDeadline(booking), { ...plan, kind: booking.kind }),
    },
  });
}
