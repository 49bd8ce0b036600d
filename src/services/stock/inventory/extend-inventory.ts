import type { Context } from '../../../context.ts';
import type { Tx } from '../../../db/client.ts';
import { lockRoomType } from '../../../db/locks.ts';
import { transaction } from '../../../db/transaction.ts';
import { announceAvailability } from '../../core/feed/announce.ts';
import { forEachIsolated } from '../../core/log/for-each-isolated.ts';

/** Nights added beyond the booking window, so that sales go on while this daily job fails for five weeks. */
const SPARE_DAYS = 35;

/** Adds missing nights of the booking window to every room type. Returns: the number of nights added. */
export async function extendInventory(ctx: Context): Promise<number> {
  const roomTypes = await ctx.db.roomType.findMany({ where: { isActive: true }, select: { id: true } });
  let added = 0;
  await forEachIsolated(ctx, 'extend-inventory', roomTypes, async ({ id }) => {
    added += await transaction(ctx, (tx) => extendRoomType(tx, id));
  });
  return added;
}

/** Adds missing nights of the booking window to one room type. Locks: its row. Returns: the number of nights added. */
export async function extendRoomType(tx: Tx, roomTypeId: string): Promise<number> {
  await lockRoomType(tx, roomTypeId);
  const rows = await tx.$queryRaw<{ from: string; to: string }[]>`
    SELECT (app_now() AT TIME ZONE p.timezone)::date::text AS "from",
      ((app_now() AT TIME ZONE p.timezone)::date + p.booking_window_days + ${SPARE_DAYS}::int)::text AS "to"
    FROM room_types r JOIN properties p ON p.id = r.property_id WHERE r.id = ${roomTypeId}::uuid`;
  const horizon = rows[0];
  if (horizon === undefined) return 0;
  const added = await addMissingNights(tx, { roomTypeId, ...horizon });
  if (added > 0) await announceAvailability(tx, { roomTypeId });
  return added;
}

/**
 * Adds the missing nights among [from, to), with the numbers of rooms and of rooms out of order.
 *
 * Locks: expects the room type's row locked, so that no room is added or blocked meanwhile.
 * Idempotent: existing nights stay unchanged.
 */
export async function addMissingNights(
  tx: Tx,
  { roomTypeId, from, to }: { roomTypeId: string; from: string; to: string },
): Promise<number> {
  return tx.$executeRaw`
    INSERT INTO inventory_nights (room_type_id, night, total, out_of_order)
    SELECT ${roomTypeId}::uuid, night::date, (SELECT count(*) FROM rooms WHERE room_type_id = ${roomTypeId}::uuid),
      (SELECT count(*) FROM rooms o WHERE o.room_type_id = ${roomTypeId}::uuid
        AND o.out_of_order_from_on <= night::date AND o.out_of_order_to_on > night::date)
    FROM generate_series(${from}::date, ${to}::date - 1, interval '1 day') AS night
    ON CONFLICT DO NOTHING`;
}
