import type { Tx } from '../../db/client.ts';
import type { LockedBooking } from '../../db/locks.ts';
import type { PlainDate } from '../../domain/time/calendar.ts';
import { announceTime } from '../feed/announce.ts';
import { freePromoUse } from '../promo-use/free-promo-use.ts';
import { releaseStay } from './release-stay.ts';

/**
 * Gives back what a booking holds: the nights from `from` on, or all of them, and the room; or the provider's time. Its
 * promo may be used by another then, unless `keepsPromo`.
 *
 * Locks: expects the booking locked with its place (`lockBookingWithPlace`), and the status as it was before the change.
 */
export async function releasePlace(
  tx: Tx,
  input: { booking: LockedBooking; from?: PlainDate; keepsPromo?: true },
): Promise<void> {
  const { booking } = input;
  const { stay, appointment } = booking;
  if (input.keepsPromo !== true) await freePromoUse(tx, booking);
  if (stay !== null) await releaseStay(tx, { booking, from: input.from ?? stay.checkIn });
  if (appointment?.isLive !== true) return;
  await tx.appointment.update({ where: { bookingId: booking.id }, data: { isLive: false } });
  await announceTime(tx, { propertyId: booking.propertyId, ...appointment });
}
