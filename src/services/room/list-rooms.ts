import type { Context } from '../../context.ts';
import type { Room } from '../../db/client.ts';

export type ListedRoom = Room & { readonly roomType: { readonly code: string } };

/** All rooms of the property, by number. */
export async function listRooms(ctx: Context, propertyId: string): Promise<ListedRoom[]> {
  return ctx.db.room.findMany({
    where: { propertyId },
    include: { roomType: { select: { code: true } } },
    orderBy: { number: 'asc' },
  });
}
