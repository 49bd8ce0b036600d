import type { Context } from '../../context.ts';
import { toSheet } from './room-type-sheet.ts';
import type { RoomTypeSheet } from './room-type-sheet.ts';

/** All room types of the property, also those no longer sold, in the order they are shown. */
export async function listRoomTypes(ctx: Context, propertyId: string): Promise<RoomTypeSheet[]> {
  const roomTypes = await ctx.db.roomType.findMany({
    where: { propertyId },
    include: { property: { select: { currency: true } } },
    orderBy: [{ position: 'asc' }, { code: 'asc' }],
  });
  return roomTypes.map(({ property, ...roomType }) => toSheet(roomType, property.currency));
}
