import type { Tx } from '../../../db/client.ts';
import { AppError } from '../../../errors.ts';

/**
 * Refuses a room type's shortest stay that exceeds the longest stay of a night to come without its own shortest stay.
 *
 * Locks: expects the room type locked, so that no night changes meanwhile. Throws: validation_failed.
 */
export async function assertMinStayFits(tx: Tx, roomTypeId: string, minStay: number): Promise<void> {
  const rows = await tx.$queryRaw<{ night: string; max: number }[]>`
    SELECT night::text, max_stay AS max FROM inventory_nights
    WHERE room_type_id = ${roomTypeId}::uuid AND night >= (app_now() - interval '1 day')::date
      AND min_stay IS NULL AND max_stay < ${minStay}::int
    ORDER BY night LIMIT 1`;
  const [fault] = rows;
  if (fault === undefined) return;
  const message = `would leave no stay that can arrive on ${fault.night}, where the longest is ${String(fault.max)}`;
  throw new AppError('validation_failed', { errors: [{ path: 'minStay', message }] });
}
