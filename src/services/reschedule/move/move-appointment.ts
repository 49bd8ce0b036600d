import type { Tx } from '../../../db/client.ts';
import type { LockedBooking } from '../../../db/locks.ts';
import { announceTime } from '../../feed/announce.ts';
import type { Time } from './plan-move.ts';

/**
 * Moves an appointment to the first of these times that is free; answers it, or null when none is.
 *
 * Locks: expects old and new providers and the booking locked. Its own time is not in its way.
 */
export async function moveAppointment(
  tx: Tx,
  { booking, times }: { booking: LockedBooking; times: readonly Time[] },
): Promise<Time | null> {
  const { id, appointment, propertyId } = booking;
  if (appointment === null) return null;
  for (const time of times) {
    const { providerId, occupiedFrom, occupiedUntil } = time;
    const moved = await tx.$executeRaw`
      UPDATE appointments SET provider_id = ${providerId}::uuid, occupied_from = ${occupiedFrom}, occupied_until = ${occupiedUntil},
        is_live = true
      WHERE booking_id = ${id}::uuid AND NOT EXISTS (
        SELECT FROM appointments o
        WHERE o.provider_id = ${providerId}::uuid AND o.is_live AND o.booking_id <> ${id}::uuid
          AND tstzrange(o.occupied_from, o.occupied_until) && tstzrange(${occupiedFrom}, ${occupiedUntil}))`;
    if (moved === 0) continue;
    await announceTime(tx, { propertyId, ...appointment });
    await announceTime(tx, { propertyId, ...time });
    return time;
  }
  return null;
}
