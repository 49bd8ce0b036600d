import type { Tx } from '../../../db/client.ts';
import { countDays } from '../../../domain/time/calendar.ts';
import type { PlainDate } from '../../../domain/time/calendar.ts';
import { announceAvailability } from '../../core/feed/announce.ts';

/**
 * Takes one room of each night [from, to), or none.
 *
 * For stays that are extended or reclaimed; a new booking takes its nights by `insertStayBooking`. The caller writes
 * the stay that holds the nights in the same transaction.
 * Locks: expects the nights locked.
 * Returns: whether all nights were free.
 */
export async function takeNights(
  tx: Tx,
  { roomTypeId, from, to }: { roomTypeId: string; from: PlainDate; to: PlainDate },
): Promise<boolean> {
  const rows = await tx.$queryRaw<{ free: number }[]>`
    SELECT count(*)::int AS free FROM inventory_nights
    WHERE room_type_id = ${roomTypeId}::uuid AND night >= ${from}::date AND night < ${to}::date
      AND NOT is_closed AND reserved < total - out_of_order`;
  if (rows[0]?.free !== countDays(from, to)) return false;
  await tx.$executeRaw`
    UPDATE inventory_nights SET reserved = reserved + 1
    WHERE room_type_id = ${roomTypeId}::uuid AND night >= ${from}::date AND night < ${to}::date`;
  await announceAvailability(tx, { roomTypeId, from, to });
  return true;
}
