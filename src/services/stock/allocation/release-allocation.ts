import type { Tx } from '../../../db/client.ts';
import type { LockedBooking } from '../../../db/locks.ts';
import type { PlainDate } from '../../../domain/time/calendar.ts';
import { announceTime } from '../../core/feed/announce.ts';
import { releaseRedemption } from '../redemption/release-redemption.ts';
import { releaseStay } from '../inventory/release-stay.ts';

/**
 * Releases a booking's allocation: nights (all, or from `from` on) and room, or provider's time; and the redemption.
 *
 * Locks: expects the booking locked with its allocation (`lockBookingWithAllocation`), and the status before the
 * change.
 */
export async function releaseAllocation(
  tx: Tx,
  input: { booking: LockedBooking; from?: PlainDate; keepsRedemption?: true },
): Promise<void> {
  const { booking } = input;
  const { stay, appointment } = booking;
  if (input.keepsRedemption !== true) await releaseRedemption(tx, booking);
  if (stay !== null) await releaseStay(tx, { booking, from: input.from ?? stay.checkIn });
  if (appointment?.isLive !== true) return;
  await tx.appointment.update({ where: { bookingId: booking.id }, data: { isLive: false } });
  await announceTime(tx, { propertyId: booking.propertyId, ...appointment });
}
