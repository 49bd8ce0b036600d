import type { Context } from '../../context.ts';
import type { RoomType } from '../../db/client.ts';

export type ListedRoomType = RoomType & { readonly property: { readonly currency: string } };

/** All room types of the property, also those no longer sold, in the order they are shown. */
export async function listRoomTypes(ctx: Context, propertyId: string): Promise<ListedRoomType[]> {
  return ctx.db.roomType.findMany({
    where: { propertyId },
    include: { property: { select: { currency: true } } },
    orderBy: [{ position: 'asc' }, { code: 'asc' }],
  });
}
