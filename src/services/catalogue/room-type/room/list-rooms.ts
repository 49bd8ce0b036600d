import type { Context } from '../../../../context.ts';
import { ROOM_PARTS, toListedRoom } from './room-details.ts';
import type { ListedRoom } from './room-details.ts';

/** Lists all rooms of the property, by number. */
export async function listRooms(ctx: Context, propertyId: string): Promise<ListedRoom[]> {
  const rooms = await ctx.db.room.findMany({ where: { propertyId }, include: ROOM_PARTS, orderBy: { number: 'asc' } });
  return rooms.map(toListedRoom);
}
