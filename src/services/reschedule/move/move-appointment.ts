import type { Tx } from '../../../db/client.ts';
import type { LockedBooking } from '../../../db/locks.ts';
import { ConcurrentChange } from '../../../db/sql-error.ts';
import { announceTime } from '../../feed/announce.ts';
import type { Time } from './plan-move.ts';

/**
 * Moves an appointment to the first of these times that is free; answers it, or null when none is.
 *
 * Its own time is not in its way. Where a provider has left, or works other hours than the times were chosen by, the whole
 * transaction runs again, so that it is chosen anew.
 * Locks: expects old and new providers and the booking locked.
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
