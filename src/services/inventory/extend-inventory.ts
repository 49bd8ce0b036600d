import type { Context } from '../../context.ts';
import type { Tx } from '../../db/client.ts';
import { transaction } from '../../db/transaction.ts';

/** Nights beyond the booking window, so that a day without this job closes nothing. */
const SPARE_DAYS = 35;

/** Keeps nights on sale for the whole booking window of every room type; existing ones are left alone. Answers how many were added. */
export async function extendInventory(ctx: Context): Promise<number> {
  const roomTypes = await ctx.db.roomType.findMany({ where: { isActive: true }, select: { id: true } });
  let added = 0;
  for (const { id } of roomTypes) added += await transaction(ctx, (tx) => extendRoomType(tx, id));
  return added;
}

/** The same for one room type. A new night has as many rooms as the type has, less those out of order then. */
export async function extendRoomType(tx: Tx, roomTypeId: string): Promise<number> {
  return tx.$executeRaw`
    INSERT INTO inventory_nights (room_type_id, night, total, out_of_order)
    SELECT r.id, night::date, (SELECT count(*) FROM rooms WHERE room_type_id = r.id),
      (SELECT count(*) FROM rooms o WHERE o.room_type_id = r.id AND o.housekeeping_status = 'OUT_OF_ORDER'
        AND o.out_of_order_from_on <= night::date AND o.out_of_order_to_on > night::date)
    FROM room_types r
    JOIN properties p ON p.id = r.property_id,
      generate_series((app_now() AT TIME ZONE p.timezone)::date,
        (app_now() AT TIME ZONE p.timezone)::date + p.booking_window_days + ${SPARE_DAYS}::int, interval '1 day') AS night
    WHERE r.id = ${roomTypeId}::uuid
    ON CONFLICT DO NOTHING`;
}
