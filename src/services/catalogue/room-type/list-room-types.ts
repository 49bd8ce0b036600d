import type { Context } from '../../../context.ts';
import { toRoomTypeDetails } from './room-type-details.ts';
import type { RoomTypeDetails } from './room-type-details.ts';

/** Lists all room types of the property, inactive room types included, in display order. */
export async function listRoomTypes(ctx: Context, propertyId: string): Promise<RoomTypeDetails[]> {
  const roomTypes = await ctx.db.roomType.findMany({
    where: { propertyId },
    include: { property: { select: { currency: true } } },
    orderBy: [{ position: 'asc' }, { code: 'asc' }],
  });
  return roomTypes.map(({ property, ...roomType }) => toRoomTypeDetails(roomType, property.currency));
}
