import type { Tx } from '../../../../db/client.ts';
import type { LockedBooking } from '../../../../db/locks.ts';
import { ConcurrentChange } from '../../../../db/connection/sql-error.ts';
import { announceTime } from '../../../core/feed/announce.ts';
import type { Time } from './plan-move.ts';

/**
 * Moves an appointment to the first free time of a list. The appointment's own time does not block the move.
 *
 * Restarts the transaction when a provider has left or has changed hours, so that times are chosen by current hours.
 * Locks: expects old and new providers and the booking locked. Returns: the time, or null when no time is free.
 */
export async function moveAppointment(
  tx: Tx,
  { booking, times }: { booking: LockedBooking; times: readonly Time[] },
): Promise<Time | null> {
  const { id, appointment, propertyId } = booking;
  if (appointment === null) return null;
  const asRead = times.map(({ providerId, version }) => ({ id: providerId, isActive: true, scheduleVersion: version }));
  if ((await tx.provider.count({ where: { OR: asRead } })) < times.length) throw new ConcurrentChange();
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
