import type { Context } from '../../../context.ts';
import type { PlainDate } from '../../../domain/time/calendar.ts';

export interface ListedNight {
  readonly roomType: string;
  readonly date: PlainDate;
  readonly total: number;
  readonly outOfOrder: number;
  readonly reserved: number;
  readonly available: number;
  readonly price: number;
  readonly minStay: number;
  readonly maxStay: number | null;
  readonly closed: boolean;
  readonly closedToArrival: boolean;
  readonly closedToDeparture: boolean;
}

/** Lists the nights [from, to) of one or all room types, with the effective price and the restrictions. */
export async function listInventory(
  ctx: Context,
  input: { propertyId: string; from: PlainDate; to: PlainDate; roomType: string | null },
): Promise<ListedNight[]> {
  const nights = await ctx.db.$queryRaw<(Omit<ListedNight, 'price'> & { price: bigint })[]>`
    SELECT r.code AS "roomType", n.night::text AS date, n.total, n.out_of_order AS "outOfOrder", n.reserved,
      n.total - n.out_of_order - n.reserved AS available, coalesce(n.price, r.discounted_price, r.base_price) AS price,
      coalesce(n.min_stay, r.min_stay) AS "minStay", n.max_stay AS "maxStay", n.is_closed AS closed,
      n.is_closed_to_arrival AS "closedToArrival", n.is_closed_to_departure AS "closedToDeparture"
    FROM inventory_nights n
    JOIN room_types r ON r.id = n.room_type_id
    WHERE r.property_id = ${input.propertyId}::uuid AND n.night >= ${input.from}::date AND n.night < ${input.to}::date
      AND (${input.roomType}::text IS NULL OR r.code = ${input.roomType}::text)
    ORDER BY r.position, r.code, n.night`;
  return nights.map((night) => ({ ...night, price: Number(night.price) }));
}
