import type { Context } from '../../context.ts';
import type { Tx } from '../../db/client.ts';
import { lockRoomType } from '../../db/locks.ts';
import { transaction } from '../../db/transaction.ts';
import { announceAvailability } from '../feed/announce.ts';
import { forEachAlone } from '../for-each-alone.ts';

/** Nights beyond the booking window, so that a day without this job closes nothing. */
const SPARE_DAYS = 35;

/** Keeps nights on sale for the whole booking window of every room type. Answers how many were added. */
export async function extendInventory(ctx: Context): Promise<number> {
  const roomTypes = await ctx.db.roomType.findMany({ where: { isActive: true }, select: { id: true } });
  let added = 0;
  await forEachAlone(ctx, 'extend-inventory', roomTypes, async ({ id }) => {
    added += await transaction(ctx, (tx) => extendRoomType(tx, id));
  });
  return added;
}

/** The same for one room type. Locks: its row. */
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
 * Makes the nights [from, to) that are not there yet, with as many rooms as the type has, less those out of order then.
 *
 * Existing nights are left alone. Locks: expects the room type's row locked, so that no room is added or blocked meanwhile.
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
