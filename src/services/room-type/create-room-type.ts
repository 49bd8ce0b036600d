import { randomUUIDv7 } from 'node:crypto';
import type { Context } from '../../context.ts';
import { transaction } from '../../db/transaction.ts';
import type { Actor } from '../../domain/booking.ts';
import { extendRoomType } from '../inventory/extend-inventory.ts';
import { logAction } from '../log-action.ts';
import type { ListedRoomType } from './list-room-types.ts';

/** What a room type is made of; amounts in minor units. */
export interface RoomTypeFields {
  readonly name: string;
  readonly description: string | null;
  readonly maxOccupancy: number;
  readonly baseOccupancy: number;
  readonly basePrice: number;
  readonly discountedPrice: number | null;
  readonly extraAdultCharge: number;
  readonly extraChildCharge: number;
  readonly minStay: number;
  readonly isActive: boolean;
}

/** Adds a room type with a year of nights and no rooms yet; each room added makes one more to sell. Throws: already_exists. */
export async function createRoomType(
  ctx: Context,
  input: RoomTypeFields & { propertyId: string; code: string; actor: Actor },
): Promise<ListedRoomType> {
  const { actor, ...data } = input;
  return logAction(ctx, { event: 'catalogue/create-room-type', actor, fields: { roomType: input.code } }, () =>
    transaction(ctx, async (tx) => {
      const roomType = await tx.roomType.create({
        data: { id: randomUUIDv7(), ...data },
        include: { property: { select: { currency: true } } },
      });
      await extendRoomType(tx, roomType.id);
      return roomType;
    }),
  );
}
